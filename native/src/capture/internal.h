/* What the files of the capture share: one capture at a time, in one process of one thread. */
#pragma once
#include <net/if.h>

#include "capture.h"
#include "core/helper.h"
#include "netlink/owner.h"

#define BLOCK (1u << 20)
#define BLOCKS 24
#define BATCH (256u << 10)
#define SERVERS_MAX 8
#define FAILED_MAX 64
#define SEEN 1024
#define WAYS 2048
#define PAST_NS 10000000000ull
/* Whose socket asked a resolver, or was refused, is known a little later. */
#define QUESTION_NS 60000000ull

extern const struct feature capture;

struct interface {
  uint32_t index;
  uint16_t link_type;
  char name[IF_NAMESIZE];
  uint64_t sent;
};

struct capturing {
  /* behind: events of the kernel are there that could not be read yet; packets wait for them. */
  bool on, stopping, truncated, headers_only, unanswered, behind;
  int fd;
  struct capture_filter filter;
  struct address servers[SERVERS_MAX];
  size_t server_count;
  struct failed {
    struct address remote;
    uint64_t from_ns, to_ns;
  } failed[FAILED_MAX];
  size_t failed_count;
  uint8_t *ring;
  unsigned block;
  /* Between the clocks: realtime less monotonic. */
  uint64_t clocks_apart;
  uint64_t stop_ns, max_bytes;
  /* seen: the kernel gave them; sent: the host got them; unread: it did not read; others: of no watched connection. */
  uint64_t seen, dropped, freezes, sent, bytes, unread, others, duplicates, unproved;
  uint8_t batch[BATCH];
  size_t batch_length, batch_packets;
  struct past past;
  struct interface interfaces[INTERFACES_MAX];
  size_t interface_count;
  struct {
    uint64_t at;
    uint32_t sum, interface;
  } seen_before[SEEN];
  /* Where the packets of a connection leave, and up to which byte. */
  struct way {
    struct address from, to;
    uint32_t interface, end;
  } ways[WAYS];
};
extern struct capturing capturing;

/* policy.c: whose a packet is, and whether it has been seen */
enum verdict {
  OTHER,
  /* Of the user, or not proved; nobody asked for it (yet). */
  WAIT,
  /* Asked for, and it is not proved yet that it is the user's. */
  UNPROVED,
  SEND,
};
/* Corrects the direction when the packet is of a known end. */
enum verdict judge(const struct helper *, const struct past_packet *, uint8_t *direction);
/* Between these two ends. */
bool is_between(const struct packet *, const struct address *, const struct address *);
/* Seen on another interface already. */
bool is_duplicate(const struct packet *, const struct record *);
void note_watch(const struct watch *);
void note_end(const struct watch *);

/* ring.c: from the kernel's ring to the host */
void deliver(struct helper *, const struct record *, const uint8_t *bytes);
void flush(struct helper *);
struct interface *interface_of(uint32_t index, uint16_t link_type);
/* Room in the host's queue for a block. */
bool has_room(const struct helper *);
/* To be called before packets are judged: what they are judged by is as new as they are. */
bool is_current(struct helper *);
/* One block; false: none is ready. */
bool take_block(struct helper *);
void take_blocks(struct helper *);
void count_dropped(void);

/* replay.c: packets whose connection is known only now */
void look_back(struct helper *, const struct watch *);
void look_for_failed(struct helper *);
void take_failed(struct helper *, const struct json *);
