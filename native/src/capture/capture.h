/* Parts of the capture: the kernel's filter, and the short memory of packets whose connection is not watched yet. */
#pragma once
#include <linux/filter.h>

#include "packet.h"

#define PORTS_MAX 32
#define INTERFACES_MAX 16
#define FILTER_MAX 256
#define SNAPLEN_MAX 262144u

struct capture_filter {
  bool icmp, arp;
  uint32_t snaplen;
  /* Empty: all. */
  uint16_t ports[PORTS_MAX];
  size_t port_count;
  uint32_t interfaces[INTERFACES_MAX];
  size_t interface_count;
  uint32_t loopback;
};

/* Number of instructions, 0: too many. */
size_t filter_build(const struct capture_filter *, struct sock_filter *);

/* As a batch has them, in this order, little-endian, the bytes behind. */
struct record {
  uint64_t realtime_ns;
  uint32_t interface, captured, original;
  uint8_t direction, zero;
  uint16_t link_type;
};
#define RECORD_HEAD 24
void record_write(uint8_t *to, const struct record *);

struct past {
  uint8_t *bytes;
  size_t size, begin, end, count;
  uint64_t evicted;
};
struct past_packet {
  struct record record;
  /* CLOCK_MONOTONIC, as the events of the kernel have it. */
  uint64_t at_ns;
  struct packet packet;
  bool sent;
};

/* 0 or -errno. */
int past_open(struct past *, size_t size);
void past_close(struct past *);
void past_add(struct past *, const struct past_packet *, const uint8_t *bytes);
/* Each one that is not older than `oldest`, in order; those that `take` is true for are forgotten. */
void past_each(struct past *, uint64_t oldest_ns, bool (*take)(void *, const struct past_packet *, const uint8_t *), void *);
