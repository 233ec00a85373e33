/* An entry of connection tracking, as the kernel's messages have it. */
#pragma once
#include "core/feature.h"
#include "netlink.h"

enum {
  TRACK_STATUS = 1,
  TRACK_TCP_STATE = 2,
  TRACK_MARK = 4,
  TRACK_TIMEOUT = 8,
  TRACK_ID = 16,
  TRACK_ZONE = 32,
  TRACK_COUNTERS = 64,
  TRACK_BEGIN = 128,
  TRACK_END = 256,
};

struct track {
  /* Which of the optional ones came. */
  unsigned have;
  int protocol;
  struct address from, to, reply_from, reply_to;
  uint32_t id, status, mark, timeout;
  uint16_t zone;
  uint8_t tcp_state;
  /* Original direction, then reply. */
  uint64_t packets[2], bytes[2];
  /* CLOCK_REALTIME, ns. */
  uint64_t begin, end;
};

/* Body of a message of ctnetlink: TCP and UDP alone. */
bool track_decode(struct span body, struct track *);
/* A line of /proc/net/nf_conntrack: the ends and, where the kernel counts, the counters. Changed while it is read. */
bool track_line(char *line, struct track *);
/* What came later, over what is known: an update does not repeat everything. */
void track_merge(struct track *known, const struct track *later);
/* Members of an object that is already open. */
void track_out(struct out *, const struct track *);
