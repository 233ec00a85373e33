// with: core/proto.c
/* Frames come whole whatever the pieces, a broken one ends it; the queue refuses what does not fit and keeps its order. */
#include "check.h"
#include "core/proto.h"

static void feed(struct frames_in *in, const uint8_t *bytes, size_t n) {
  while (n > 0) {
    size_t room;
    uint8_t *to = frames_in_room(in, &room);
    size_t part = 1 + random32() % 7000;
    if (part > n) part = n;
    if (part > room) part = room;
    CHECK(part > 0);
    memcpy(to, bytes, part);
    frames_in_add(in, part);
    bytes += part;
    n -= part;
  }
}

static void there_and_back(void) {
  struct frames_out out;
  struct frames_in in;
  CHECK(frames_out_open(&out, 100000) && frames_in_open(&in));
  uint8_t payload[5000];
  uint32_t put = 0, got = 0, refused = 0;
  for (int round = 0; round < 20000; round++) {
    size_t n = random32() % sizeof payload;
    memset(payload, (int)(put & 255), n);
    if (frames_out_put(&out, (uint8_t)(1 + put % 2), payload, n)) put++;
    else refused++;
    if (random32() % 3 != 0) continue;
    size_t length;
    const uint8_t *from = frames_out_peek(&out, &length);
    if (length > 6000) length = 6000;
    feed(&in, from, length);
    frames_out_took(&out, length);
    uint8_t type;
    const uint8_t *body;
    while (frames_in_next(&in, &type, &body, &n) == 1) {
      CHECK(type == 1 + got % 2);
      for (size_t i = 0; i < n; i++) CHECK(body[i] == (got & 255));
      got++;
    }
  }
  CHECK(refused > 0 && got > 1000 && got <= put);
  free(out.ring);
  free(in.buffer);
}

static void refuses(void) {
  static const uint8_t broken[][4] = {{0, 0, 0, 0}, {1, 0, 16, 0}, {255, 255, 255, 255}};
  for (size_t i = 0; i < 3; i++) {
    struct frames_in in;
    uint8_t type;
    const uint8_t *body;
    size_t n;
    CHECK(frames_in_open(&in));
    feed(&in, broken[i], 3);
    CHECK(frames_in_next(&in, &type, &body, &n) == 0);
    feed(&in, broken[i] + 3, 1);
    CHECK(frames_in_next(&in, &type, &body, &n) == -1);
    free(in.buffer);
  }
  struct frames_out out;
  CHECK(frames_out_open(&out, 2 * FRAME_MAX));
  uint8_t *large = calloc(1, FRAME_MAX);
  CHECK(!frames_out_put(&out, 2, large, FRAME_MAX) && frames_out_put(&out, 2, large, FRAME_MAX - 1));
  free(large);
  free(out.ring);
}

/* The largest frame fits into what holds them. */
static void largest(void) {
  struct frames_in in;
  CHECK(frames_in_open(&in));
  uint8_t *bytes = calloc(1, 4 + FRAME_MAX), type;
  bytes[2] = 16;
  const uint8_t *body;
  size_t n = 4 + FRAME_MAX, room;
  memcpy(frames_in_room(&in, &room), bytes, n);
  CHECK(room >= n);
  frames_in_add(&in, n);
  CHECK(frames_in_next(&in, &type, &body, &n) == 1 && n == FRAME_MAX - 1);
  free(bytes);
  free(in.buffer);
}

int main(void) {
  there_and_back();
  refuses();
  largest();
  return 0;
}
