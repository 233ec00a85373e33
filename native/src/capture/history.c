/* Packets of the last seconds in one block of memory: the newest pushes out the oldest. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "capture.h"

#define ALIGN8(n) (((n) + 7) & ~(size_t)7)

int past_open(struct past *p, size_t size) {
  void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (bytes == MAP_FAILED) return -errno;
  *p = (struct past){.bytes = bytes, .size = size};
  return 0;
}

void past_close(struct past *p) {
  if (p->bytes) munmap(p->bytes, p->size);
  *p = (struct past){0};
}

static size_t length_of(const struct past_packet *k) { return ALIGN8(sizeof *k) + ALIGN8(k->record.captured); }

static struct past_packet *at(const struct past *p, size_t offset) { return (struct past_packet *)(void *)(p->bytes + offset); }

/* What does not fit before the end starts again at the front; a zero length there says so. */
static size_t wrapped(const struct past *p, size_t offset) {
  return offset + sizeof(struct past_packet) > p->size || at(p, offset)->record.realtime_ns == 0 ? 0 : offset;
}

static void pop(struct past *p) {
  p->begin = wrapped(p, p->begin);
  if (!at(p, p->begin)->sent) p->evicted++;
  p->begin += length_of(at(p, p->begin));
  if (--p->count == 0) p->begin = p->end = 0;
}

static bool oldest_within(struct past *p, size_t from, size_t to) {
  if (p->count == 0) return false;
  p->begin = wrapped(p, p->begin);
  return p->begin >= from && p->begin < to;
}

void past_add(struct past *p, const struct past_packet *k, const uint8_t *bytes) {
  size_t length = length_of(k);
  if (!p->bytes || length > p->size / 4) return;
  if (p->end + length > p->size) {
    /* Wrapped: records after the end are from the previous lap. */
    while (oldest_within(p, p->end, p->size)) pop(p);
    if (p->end + sizeof(struct past_packet) <= p->size) at(p, p->end)->record.realtime_ns = 0;
    p->end = 0;
    if (p->count == 0) p->begin = 0;
  }
  while (oldest_within(p, p->end, p->end + length)) pop(p);
  memcpy(p->bytes + p->end, k, sizeof *k);
  memcpy(p->bytes + p->end + ALIGN8(sizeof *k), bytes, k->record.captured);
  p->end += length;
  p->count++;
}

void past_each(struct past *p, uint64_t oldest, bool (*take)(void *, const struct past_packet *, const uint8_t *), void *context) {
  while (p->count > 0 && at(p, wrapped(p, p->begin))->record.realtime_ns < oldest) pop(p);
  size_t offset = p->begin;
  for (size_t i = 0; i < p->count; i++) {
    offset = wrapped(p, offset);
    struct past_packet *k = at(p, offset);
    if (!k->sent && take(context, k, (const uint8_t *)k + ALIGN8(sizeof *k))) k->sent = true;
    offset += length_of(k);
  }
}
