#include "known.h"

#include <errno.h>
#include <string.h>

#define SOCKETS 4096
/* Places for one bucket: the one that was not used for longest makes room. */
#define WAYS_EACH 4
#define VALUE_MAX 256

struct figures {
  const struct feature *feature;
  int map;
  size_t size;
  bpf_figures_say say;
  bool denied;
};

static struct figures figures[FIGURES];
static size_t figures_count;
static struct known sockets[SOCKETS / WAYS_EACH][WAYS_EACH];

static struct known *bucket_of(uint64_t cookie) {
  return sockets[(cookie * 0x9E3779B97F4A7C15ull >> 52) % (SOCKETS / WAYS_EACH)];
}

struct known *known_find(uint64_t cookie) {
  struct known *k = bucket_of(cookie);
  for (int i = 0; i < WAYS_EACH; i++)
    if (k[i].cookie == cookie) return &k[i];
  return NULL;
}

struct known *known_of(uint64_t cookie) {
  static uint64_t turns;
  struct known *k = known_find(cookie), *bucket = bucket_of(cookie);
  if (!k) {
    k = bucket;
    for (int i = 1; i < WAYS_EACH; i++)
      if (bucket[i].turn < k->turn) k = &bucket[i];
    *k = (struct known){.cookie = cookie};
  }
  k->turn = ++turns;
  return k;
}

static uint32_t sum_of(const void *value, size_t size) {
  uint32_t sum = 2166136261u;
  for (size_t i = 0; i < size; i++) sum = (sum ^ ((const uint8_t *)value)[i]) * 16777619u;
  return sum ? sum : 1;
}

void say_figures(struct helper *h, const struct watch *w) {
  uint8_t value[VALUE_MAX] __attribute__((aligned(8)));
  if (w->cookie == 0) return;
  for (size_t i = 0; i < figures_count; i++) {
    struct figures *f = &figures[i];
    int error = f->denied ? -EPERM : bpf_map_get(f->map, &w->cookie, value);
    /* Kernels that let nobody read a map without privilege, though the descriptor was given. */
    if (error == -EPERM && !f->denied) helper_lost(h, f->feature, "denied", 1);
    if (error == -EPERM) f->denied = true;
    if (error < 0) continue;
    struct known *k = known_of(w->cookie);
    uint32_t sum = sum_of(value, f->size);
    if (k->sums[i] == sum) continue;
    k->sums[i] = sum;
    f->say(h, f->feature, w, value);
  }
}

void bpf_owner(uint64_t cookie, uint32_t pid) { known_of(cookie)->pid = pid; }

int bpf_figures(struct helper *h, const struct feature *f, int map, size_t size, bpf_figures_say as) {
  (void)h;
  if (figures_count == FIGURES || size > VALUE_MAX) return -ENOSPC;
  figures[figures_count++] = (struct figures){f, map, size, as, false};
  return 0;
}
