/* When TCP connections began: between one first SYN and the next, a pair of ends is of one socket. */
#include <string.h>

#include "owner.h"

#define LIVES 8192
/* Places for one bucket: the oldest makes room. */
#define WAYS_EACH 4
/* Packets that came on several processors may be in the ring a little out of order. */
#define DISORDER_NS 1000000ull

static struct life {
  struct address from, to;
  uint64_t at;
  uint32_t sequence;
} lives[LIVES / WAYS_EACH][WAYS_EACH];
static uint64_t seen;

static struct life *bucket_of(const struct address *a, const struct address *b) {
  uint32_t sum = 0;
  for (int i = 0; i < 16; i++) sum = sum * 31 + (uint32_t)(a->ip[i] + b->ip[i]);
  return lives[((sum ^ (uint32_t)(a->port + b->port)) * 2654435761u >> 8) % (LIVES / WAYS_EACH)];
}

static bool is_between(const struct life *l, const struct address *a, const struct address *b) {
  return l->at != 0 && ((address_equal(&l->from, a) && address_equal(&l->to, b)) ||
                        (address_equal(&l->from, b) && address_equal(&l->to, a)));
}

static struct life *find(const struct address *a, const struct address *b) {
  struct life *l = bucket_of(a, b);
  for (int i = 0; i < WAYS_EACH; i++)
    if (is_between(&l[i], a, b)) return &l[i];
  return NULL;
}

void life_begin(const struct address *from, const struct address *to, uint32_t sequence, uint64_t at) {
  struct life *l = find(from, to);
  /* The same one again: sent once more, or on another interface. */
  if (l && l->sequence == sequence && address_equal(&l->from, from)) return;
  if (!l) {
    l = bucket_of(from, to);
    for (int i = 1; i < WAYS_EACH; i++)
      if (bucket_of(from, to)[i].at < l->at) l = &bucket_of(from, to)[i];
  }
  *l = (struct life){*from, *to, at, sequence};
}

uint64_t life_of(const struct address *a, const struct address *b) {
  const struct life *l = find(a, b);
  return l ? l->at : 0;
}

void lives_until(uint64_t at) {
  if (at > DISORDER_NS && at - DISORDER_NS > seen) seen = at - DISORDER_NS;
}

uint64_t lives_seen(void) { return seen; }

void lives_forget(void) {
  memset(lives, 0, sizeof lives);
  seen = 0;
}
