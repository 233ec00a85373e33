/* Entries that are known, of watched connections and of others, by either pair of ends. */
#pragma once
#include "track.h"

struct entry {
  struct track track;
  bool used;
  /* Of the watched connection, also when its watch has ended: the entry lives longer. */
  char id[64];
  bool reported, uncounted;
  uint16_t next_from, next_reply;
};

struct entry *track_find(int protocol, const struct address *from, const struct address *to, bool reply);
void track_forget(struct entry *);
/* Over what is known of these ends; `begins`: another one had them before. So had one that leads elsewhere, whose end was
   not heard. The oldest makes room; those of watched connections are skipped as long as there are others. */
struct entry *track_learn(const struct track *, bool begins);
