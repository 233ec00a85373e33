/* Frames: u32le length of what follows, u8 type, payload. Both directions alike. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROTOCOL 1
#define FRAME_MAX (1u << 20)
#define FRAME_JSON 1
#define FRAME_PACKETS 2

/* Input: collects bytes, gives whole frames. */
struct frames_in {
  uint8_t *buffer;
  size_t size, begin, end;
};

/* Output: a bounded queue of whole frames; what does not fit is refused, nothing is ever written twice or in part. */
struct frames_out {
  uint8_t *ring;
  size_t size, head, used;
};

bool frames_in_open(struct frames_in *);
/* Room for more bytes; then say how many came. */
uint8_t *frames_in_room(struct frames_in *, size_t *room);
void frames_in_add(struct frames_in *, size_t);
/* 1: a frame, 0: not yet whole, -1: broken (length 0 or over FRAME_MAX), there is no way on. The payload is valid until
   the next call of frames_in_room. */
int frames_in_next(struct frames_in *, uint8_t *type, const uint8_t **payload, size_t *length);

bool frames_out_open(struct frames_out *, size_t size);
bool frames_out_put(struct frames_out *, uint8_t type, const void *payload, size_t length);
/* Longest run of bytes to write next; then say how many went. */
const uint8_t *frames_out_peek(const struct frames_out *, size_t *length);
void frames_out_took(struct frames_out *, size_t);
