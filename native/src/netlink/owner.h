/* Whose socket has two ends, as a function of time: a packet is judged by who had them when it was on its way, and what is
   not proved is not reported. Instants are CLOCK_MONOTONIC. */
#pragma once
#include "core/feature.h"

enum owner { OWNER_OTHER, OWNER_USER, OWNER_UNKNOWN };

/* The kernel showed that at this instant this socket had them. */
void owner_learn(int protocol, const struct address *local, const struct address *remote, enum owner, uint64_t cookie,
                 uint64_t at);
/* A connection's state became `close`: its socket had left the ends a moment before. */
void owner_left(const struct address *local, const struct address *remote, uint64_t cookie, uint64_t at);
/* A socket for datagrams was closed: another user's may have its port from then on. */
void owner_closed(uint16_t port, uint64_t cookie, uint64_t at);
/* From now on each socket for datagrams of the user is shown with its first packet, and when it is closed. */
void owner_told(void);
/* Some of that was lost: what was known before is no proof any more. */
void owner_missed(void);
/* Whose they were at that instant. Asks the kernel if that is not known; unknown: nothing proves it (yet). */
enum owner owner_of(const struct helper *, int protocol, const struct address *local, const struct address *remote,
                    uint64_t at);
/* Who had them last, of the last seconds: for figures and news of a watched connection, which hold nothing of what it carried. */
enum owner owner_lately(const struct helper *, int protocol, const struct address *local, const struct address *remote);

/* What the kernel says of the socket that has them now (ask.c); unknown: there is none, or it has no owner. */
enum owner owner_ask(const struct helper *, int protocol, const struct address *local, const struct address *remote,
                     uint64_t *cookie);

/* ---- lives of TCP connections, as packets show them (lives.c) ---- */

/* A first SYN between these ends, either way. To be called in the order of arrival. */
void life_begin(const struct address *, const struct address *, uint32_t sequence, uint64_t at);
/* Packets up to then were looked at. */
void lives_until(uint64_t at);
uint64_t lives_seen(void);
/* Packets are missing: a SYN may be among them. */
void lives_forget(void);
/* When the latest connection between these ends began, as far as packets were looked at; 0: not known. */
uint64_t life_of(const struct address *, const struct address *);
