/* From the kernel's messages to facts: pure, every bound checked, what a kernel does not send is absent. */
#pragma once
#include "core/feature.h"
#include "netlink.h"

#define INFO_MAX 512
#define MEMORY_MAX 9

/* What inet_diag says of a socket. */
struct socket_facts {
  struct address local, remote;
  uint64_t cookie;
  uint32_t inode, uid, receive_queue, send_queue;
  uint8_t state;
  /* struct tcp_info as long as this kernel has it; 0: none came. */
  uint16_t info_length;
  uint8_t info[INFO_MAX];
  char congestion[16];
  uint32_t memory[MEMORY_MAX];
  size_t memory_count;
};

/* Body of a SOCK_DIAG_BY_FAMILY message. */
bool socket_decode(struct span body, struct socket_facts *);
/* Members of an object that is already open: totals as docs/trace-format.md names them. */
void tcp_info_out(struct out *, struct span info);
void socket_out(struct out *, const struct socket_facts *, bool tcp);

/* What rtnetlink says of a route. */
struct route_facts {
  uint32_t interface, mtu;
  struct address next_hop, source;
};
/* Body of a RTM_NEWROUTE message; family AF_UNSPEC: no such address. */
bool route_decode(struct span body, struct route_facts *);

#define LINK_COUNTERS 12
extern const char *const link_counter_names[LINK_COUNTERS];
struct link_facts {
  uint32_t index, mtu;
  char name[16];
  bool counted;
  uint64_t counters[LINK_COUNTERS];
};
/* Body of a RTM_NEWLINK message. */
bool link_decode(struct span body, struct link_facts *);
