#include "track_table.h"

#define ENTRIES 4096
#define BUCKETS 4096

static struct entry entries[ENTRIES];
static uint16_t by_original[BUCKETS], by_reply[BUCKETS];
static size_t turn;

static uint32_t bucket(int protocol, const struct address *from, const struct address *to) {
  uint32_t sum = 2166136261u ^ (uint32_t)protocol;
  for (int i = 0; i < 16; i++) sum = ((sum ^ from->ip[i]) * 16777619u ^ to->ip[i]) * 16777619u;
  return ((sum ^ from->port) * 16777619u ^ to->port) * 2654435761u >> 20;
}

struct entry *track_find(int protocol, const struct address *from, const struct address *to, bool reply) {
  uint16_t i = (reply ? by_reply : by_original)[bucket(protocol, from, to)];
  for (; i; i = reply ? entries[i - 1].next_reply : entries[i - 1].next_from) {
    struct track *t = &entries[i - 1].track;
    if (t->protocol == protocol && address_equal(reply ? &t->reply_from : &t->from, from) &&
        address_equal(reply ? &t->reply_to : &t->to, to))
      return &entries[i - 1];
  }
  return NULL;
}

static void drop_link(uint16_t *head, uint16_t wanted, bool reply) {
  for (uint16_t *link = head; *link; link = reply ? &entries[*link - 1].next_reply : &entries[*link - 1].next_from)
    if (*link == wanted) {
      *link = reply ? entries[wanted - 1].next_reply : entries[wanted - 1].next_from;
      return;
    }
}

void track_forget(struct entry *e) {
  const struct track *t = &e->track;
  uint16_t number = (uint16_t)(e - entries + 1);
  if (!e->used) return;
  drop_link(&by_original[bucket(t->protocol, &t->from, &t->to)], number, false);
  drop_link(&by_reply[bucket(t->protocol, &t->reply_from, &t->reply_to)], number, true);
  *e = (struct entry){.used = false};
}

static struct entry *add(const struct track *t) {
  for (size_t tries = 0; tries < ENTRIES && entries[turn].used && entries[turn].id[0]; tries++) turn = (turn + 1) % ENTRIES;
  struct entry *e = &entries[turn];
  turn = (turn + 1) % ENTRIES;
  track_forget(e);
  *e = (struct entry){.track = *t, .used = true};
  uint16_t number = (uint16_t)(e - entries + 1);
  uint16_t *original = &by_original[bucket(t->protocol, &t->from, &t->to)];
  uint16_t *reply = &by_reply[bucket(t->protocol, &t->reply_from, &t->reply_to)];
  e->next_from = *original;
  *original = number;
  e->next_reply = *reply;
  *reply = number;
  return e;
}

struct entry *track_learn(const struct track *t, bool begins) {
  struct entry *e = track_find(t->protocol, &t->from, &t->to, false);
  bool same = e && !begins && address_equal(&e->track.reply_from, &t->reply_from) && address_equal(&e->track.reply_to, &t->reply_to);
  if (e && !same) track_forget(e);
  if (!same) return add(t);
  track_merge(&e->track, t);
  return e;
}
