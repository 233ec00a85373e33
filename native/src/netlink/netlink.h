/* Netlink: asking, and walking what came with every bound checked. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that came from outside, with how many there are. */
struct span {
  const uint8_t *at;
  size_t length;
};

/* One message: its type, flags, sequence, and what follows its head. */
struct nl_message {
  uint16_t type, flags;
  uint32_t sequence;
  struct span body;
};
struct nl_attribute {
  uint16_t type;
  struct span body;
};

/* Takes the next message or attribute off the front. False: there is none, or what is there is broken. */
bool nl_next_message(struct span *, struct nl_message *);
bool nl_next_attribute(struct span *, struct nl_attribute *);
/* Number of `size` bytes (1, 2, 4, 8) in the machine's order at `offset`; false: not wholly inside. */
bool span_number(struct span, size_t offset, size_t size, uint64_t *);
/* The rest from `offset`; empty if that is outside. */
struct span span_from(struct span, size_t offset);

/* A socket of a netlink family with a timeout for answers, or -errno. */
int nl_open(int protocol);
/* Sends a request (a whole message, its head filled in but for sequence) and gives each part of the answer to `part`.
   0, or -errno: what the kernel answered, ETIMEDOUT when it did not, EINTR when a dump was interrupted by a change. */
int nl_ask(int fd, void *request, size_t length, void (*part)(void *context, const struct nl_message *), void *context);
