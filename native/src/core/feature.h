/* What a feature of the helper is, and what the helper gives it. One feature, one C file; features.c lists them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "json.h"

struct helper;
struct watch;

struct feature {
  /* In hello, in losses and in --features. Letters only. */
  const char *name;
  /* 0 no privilege, 1 CAP_NET_RAW, 2 CAP_NET_ADMIN, 3 CAP_BPF + CAP_PERFMON (+ CAP_NET_ADMIN), 4 root alone. */
  int tier;
  /* Names of command-line options it understands, ended by NULL: "enable-conntrack" for --enable-conntrack[=VALUE]. */
  const char *const *options;
  /* Opens with whatever privilege there is: 0, or -errno. It probes by doing, and must work when all privilege has been
     given up after it. helper_reason() may say more than the errno does. Only what is open gets the calls below. */
  int (*open)(struct helper *);
  /* A descriptor that it gave to helper_poll() is ready. Read a bounded number of messages, then return. */
  void (*ready)(struct helper *, int fd);
  /* The time that it asked for by helper_wake() has come. */
  void (*tick)(struct helper *, uint64_t now_ns);
  /* A command from the host: true if it was this feature's. Several features may take part in one (return false). */
  bool (*command)(struct helper *, const char *cmd, const struct json *message);
  /* A connection is watched from now on (its cookie is 0 if the kernel has no such socket any more), or no longer. */
  void (*watched)(struct helper *, const struct watch *);
  void (*unwatched)(struct helper *, const struct watch *);
  /* Own figures in the answer to "stats": members of an object that is already open. */
  void (*stats)(struct helper *, struct out *);
  void (*close)(struct helper *);
};

/* ---- what it learns about its run ---- */

/* The user it serves: sockets of others are not to be reported. 0 (root itself started it): every user. */
uid_t helper_user(const struct helper *);
/* Value of --NAME=VALUE, "" for --NAME, NULL if it was not given. Name must be in `options`. */
const char *helper_option(const struct helper *, const char *name);
/* Why `open` failed, in words, when the errno alone does not say it. Text is copied. */
void helper_reason(struct helper *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- waiting ---- */

/* Calls `ready` when fd can be read (or has an error). -ENOSPC when there are too many. */
int helper_poll(struct helper *, const struct feature *, int fd);
void helper_unpoll(struct helper *, int fd);
/* Calls `tick` once, not before `at_ns` (CLOCK_MONOTONIC); 0: never. One a feature, the last call counts. */
void helper_wake(struct helper *, const struct feature *, uint64_t at_ns);
uint64_t monotonic_ns(void);

/* ---- saying ---- */

/* Begins a JSON message {"t":TYPE,…}; helper_send() ends it and queues it. Never blocks: if the host does not read, the
   message is dropped and counted as lost of this feature. */
struct out *helper_message(struct helper *, const char *type);
bool helper_send(struct helper *, const struct feature *);
/* A frame of type 2: bytes as they are, at most FRAME_MAX - 1. */
bool helper_send_bytes(struct helper *, const struct feature *, const void *, size_t);
/* Answer to a command that failed: {"t":"failed","cmd","id"?,"errno"?,"reason"}. */
void helper_failed(struct helper *, const struct feature *, const char *cmd, const struct json *message, int error,
                   const char *reason);
/* What the kernel dropped before the feature could read it, or what it could not use ("kernel", "overflow", "broken"). */
void helper_lost(struct helper *, const struct feature *, const char *what, uint64_t count);

/* ---- watched connections (watch.c) ---- */

struct address {
  /* AF_INET or AF_INET6; addresses of IPv4 in IPv6 are turned into AF_INET. */
  int family;
  /* Network order, 4 or 16 bytes, the rest 0. */
  uint8_t ip[16];
  /* Host order. */
  uint16_t port;
};

struct watch {
  /* As the host named it. */
  char id[64];
  /* IPPROTO_TCP or IPPROTO_UDP. */
  int protocol;
  struct address local, remote;
  pid_t pid;
  /* 0: not known (yet). */
  uint64_t cookie;
  uint32_t inode;
  /* (uid_t)-1: not known. */
  uid_t uid;
  /* CLOCK_MONOTONIC: watched since; and begin of the connection as the host knows it, 0: not known. */
  uint64_t since_ns, born_ns;
};

const struct watch *watch_by_id(const struct helper *, const char *id);
const struct watch *watch_by_cookie(const struct helper *, uint64_t cookie);
/* By local and remote end; for sockets whose cookie a feature does not have. */
const struct watch *watch_by_ends(const struct helper *, int protocol, const struct address *local,
                                  const struct address *remote);
/* The watches, one after the other: start with NULL. */
const struct watch *watch_next(const struct helper *, const struct watch *);

bool address_parse(struct address *, const char *text, uint16_t port);
/* Text of at least INET6_ADDRSTRLEN bytes. */
void address_text(const struct address *, char *text);
bool address_equal(const struct address *, const struct address *);
/* {"address":"…","port":n} as member `key`, and read from one. */
void address_out(struct out *, const char *key, const struct address *);
bool address_json(struct address *, const struct json *);
