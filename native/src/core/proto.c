#include "proto.h"

#include <stdlib.h>
#include <string.h>

#define HEAD 4

static uint32_t u32le(const uint8_t *b) { return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24; }

bool frames_in_open(struct frames_in *in) {
  *in = (struct frames_in){.size = HEAD + FRAME_MAX};
  in->buffer = malloc(in->size);
  return in->buffer != NULL;
}

uint8_t *frames_in_room(struct frames_in *in, size_t *room) {
  if (in->begin > 0) {
    memmove(in->buffer, in->buffer + in->begin, in->end - in->begin);
    in->end -= in->begin;
    in->begin = 0;
  }
  *room = in->size - in->end;
  return in->buffer + in->end;
}

void frames_in_add(struct frames_in *in, size_t n) { in->end += n; }

int frames_in_next(struct frames_in *in, uint8_t *type, const uint8_t **payload, size_t *length) {
  size_t have = in->end - in->begin;
  if (have < HEAD) return 0;
  const uint8_t *at = in->buffer + in->begin;
  uint32_t n = u32le(at);
  if (n == 0 || n > FRAME_MAX) return -1;
  if (have < HEAD + n) return 0;
  *type = at[HEAD];
  *payload = at + HEAD + 1;
  *length = n - 1;
  in->begin += HEAD + n;
  return 1;
}

bool frames_out_open(struct frames_out *out, size_t size) {
  *out = (struct frames_out){.size = size, .ring = malloc(size)};
  return out->ring != NULL;
}

static void append(struct frames_out *out, const void *bytes, size_t n) {
  size_t tail = (out->head + out->used) % out->size;
  size_t first = n < out->size - tail ? n : out->size - tail;
  memcpy(out->ring + tail, bytes, first);
  if (n > first) memcpy(out->ring, (const uint8_t *)bytes + first, n - first);
  out->used += n;
}

bool frames_out_put(struct frames_out *out, uint8_t type, const void *payload, size_t length) {
  if (length >= FRAME_MAX || HEAD + 1 + length > out->size - out->used) return false;
  uint32_t n = (uint32_t)length + 1;
  const uint8_t head[HEAD + 1] = {n & 255, n >> 8 & 255, n >> 16 & 255, n >> 24, type};
  append(out, head, sizeof head);
  append(out, payload, length);
  return true;
}

const uint8_t *frames_out_peek(const struct frames_out *out, size_t *length) {
  *length = out->used < out->size - out->head ? out->used : out->size - out->head;
  return out->ring + out->head;
}

void frames_out_took(struct frames_out *out, size_t n) {
  out->used -= n;
  out->head = out->used == 0 ? 0 : (out->head + n) % out->size;
}
