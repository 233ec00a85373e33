/* Of the unit tests: a check that says where it failed, and numbers that are random but the same each time. */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(what)                                                       \
  do {                                                                    \
    if (!(what)) {                                                        \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);  \
      exit(1);                                                            \
    }                                                                     \
  } while (0)

static uint64_t random_state = 0x9e3779b97f4a7c15ull;
static inline uint32_t random32(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state >> 32);
}

/* A copy of exactly this size, so that AddressSanitizer detects one byte too many. */
static inline uint8_t *exactly(const void *bytes, size_t n) {
  uint8_t *copy = malloc(n ? n : 1);
  if (!copy) abort();
  if (n) memcpy(copy, bytes, n);
  return copy;
}

/* Changes some bytes, cuts, or repeats a part; the result has at most `room` bytes. */
static inline size_t mutated(const uint8_t *from, size_t n, uint8_t *to, size_t room) {
  memcpy(to, from, n);
  for (uint32_t times = 1 + random32() % 8; times > 0; times--) {
    uint32_t kind = random32() % 10;
    if (n == 0) return 0;
    size_t at = random32() % n;
    if (kind < 5) to[at] = (uint8_t)random32();
    else if (kind < 7) to[at] ^= (uint8_t)(1u << random32() % 8);
    else if (kind == 7) n = at;
    else if (kind == 8 && at + 4 <= n) memset(to + at, random32() % 2 ? 0xff : 0, 4);
    else {
      size_t length = random32() % 64;
      if (at + length > n) length = n - at;
      if (n + length > room) continue;
      memmove(to + at + length, to + at, n - at);
      n += length;
    }
  }
  return n;
}
