#include <arpa/inet.h>
#include <string.h>

#include "helper.h"

static uint32_t hash(uint32_t sum, const void *bytes, size_t n) {
  const uint8_t *b = bytes;
  for (size_t i = 0; i < n; i++) sum = (sum ^ b[i]) * 16777619u;
  return sum;
}

static uint32_t of_id(const char *id) { return hash(2166136261u, id, strlen(id)) % WATCH_BUCKETS; }
static uint32_t of_cookie(uint64_t cookie) { return hash(2166136261u, &cookie, sizeof cookie) % WATCH_BUCKETS; }
static uint32_t of_ends(int protocol, const struct address *local, const struct address *remote) {
  uint32_t sum = hash(2166136261u, &protocol, sizeof protocol);
  sum = hash(hash(sum, local->ip, 16), &local->port, 2);
  return hash(hash(sum, remote->ip, 16), &remote->port, 2) % WATCH_BUCKETS;
}

const struct watch *watch_by_id(const struct helper *h, const char *id) {
  for (uint16_t i = h->by_id[of_id(id)]; i; i = h->watches[i - 1].next_id)
    if (strcmp(h->watches[i - 1].watch.id, id) == 0) return &h->watches[i - 1].watch;
  return NULL;
}

const struct watch *watch_by_cookie(const struct helper *h, uint64_t cookie) {
  if (cookie == 0) return NULL;
  for (uint16_t i = h->by_cookie[of_cookie(cookie)]; i; i = h->watches[i - 1].next_cookie)
    if (h->watches[i - 1].watch.cookie == cookie) return &h->watches[i - 1].watch;
  return NULL;
}

const struct watch *watch_by_ends(const struct helper *h, int protocol, const struct address *local,
                                  const struct address *remote) {
  for (uint16_t i = h->by_ends[of_ends(protocol, local, remote)]; i; i = h->watches[i - 1].next_ends) {
    const struct watch *w = &h->watches[i - 1].watch;
    if (w->protocol == protocol && address_equal(&w->local, local) && address_equal(&w->remote, remote)) return w;
  }
  return NULL;
}

const struct watch *watch_next(const struct helper *h, const struct watch *after) {
  size_t i = after ? (size_t)((const struct watch_entry *)(const void *)after - h->watches) + 1 : 0;
  for (; i < h->watch_end; i++)
    if (h->watches[i].used) return &h->watches[i].watch;
  return NULL;
}

struct watch *watch_add(struct helper *h, const struct watch *w) {
  size_t i = h->watch_first_free;
  while (i < WATCHES_MAX && h->watches[i].used) i++;
  if (i == WATCHES_MAX) return NULL;
  h->watch_first_free = i + 1;
  if (i >= h->watch_end) h->watch_end = i + 1;
  struct watch_entry *e = &h->watches[i];
  *e = (struct watch_entry){.watch = *w, .used = true};
  e->watch.cookie = 0;
  uint32_t id = of_id(w->id), ends = of_ends(w->protocol, &w->local, &w->remote);
  e->next_id = h->by_id[id];
  h->by_id[id] = (uint16_t)(i + 1);
  e->next_ends = h->by_ends[ends];
  h->by_ends[ends] = (uint16_t)(i + 1);
  h->watch_count++;
  return &e->watch;
}

/* Removes entry i + 1 from a chain whose links are at `offset` of each entry. */
static void unlink_from(struct helper *h, uint16_t *head, size_t i, size_t offset) {
  for (uint16_t *link = head; *link; link = (uint16_t *)(void *)((char *)&h->watches[*link - 1] + offset))
    if (*link == i + 1) {
      *link = *(uint16_t *)(void *)((char *)&h->watches[i] + offset);
      return;
    }
}

static void forget_cookie(struct helper *h, struct watch *w, size_t i) {
  if (w->cookie != 0)
    unlink_from(h, &h->by_cookie[of_cookie(w->cookie)], i, offsetof(struct watch_entry, next_cookie));
}

static size_t index_of(const struct helper *h, const struct watch *w) {
  return (size_t)((const struct watch_entry *)(const void *)w - h->watches);
}

void watch_remove(struct helper *h, struct watch *w) {
  size_t i = index_of(h, w);
  for (size_t f = 0; f < h->feature_count; f++)
    if (h->features[f].available && h->features[f].feature->unwatched) h->features[f].feature->unwatched(h, w);
  unlink_from(h, &h->by_id[of_id(w->id)], i, offsetof(struct watch_entry, next_id));
  unlink_from(h, &h->by_ends[of_ends(w->protocol, &w->local, &w->remote)], i, offsetof(struct watch_entry, next_ends));
  forget_cookie(h, w, i);
  h->watches[i].used = false;
  if (i < h->watch_first_free) h->watch_first_free = i;
  while (h->watch_end > 0 && !h->watches[h->watch_end - 1].used) h->watch_end--;
  h->watch_count--;
}

void watch_cookie(struct helper *h, struct watch *w, uint64_t cookie, uint32_t inode, uid_t uid) {
  size_t i = index_of(h, w);
  forget_cookie(h, w, i);
  w->cookie = cookie;
  w->inode = inode;
  w->uid = uid;
  if (cookie == 0) return;
  uint32_t bucket = of_cookie(cookie);
  h->watches[i].next_cookie = h->by_cookie[bucket];
  h->by_cookie[bucket] = (uint16_t)(i + 1);
}

/* ---- addresses ---- */

bool address_equal(const struct address *a, const struct address *b) {
  return a->family == b->family && a->port == b->port && memcmp(a->ip, b->ip, 16) == 0;
}

bool address_parse(struct address *a, const char *text, uint16_t port) {
  static const uint8_t mapped[12] = {[10] = 255, [11] = 255};
  *a = (struct address){.family = AF_INET, .port = port};
  if (inet_pton(AF_INET, text, a->ip) == 1) return true;
  if (inet_pton(AF_INET6, text, a->ip) != 1) return false;
  a->family = AF_INET6;
  if (memcmp(a->ip, mapped, 12) == 0) {
    memcpy(a->ip, a->ip + 12, 4);
    memset(a->ip + 4, 0, 12);
    a->family = AF_INET;
  }
  return true;
}

void address_text(const struct address *a, char *text) {
  if (!inet_ntop(a->family, a->ip, text, INET6_ADDRSTRLEN)) strcpy(text, "?");
}

void address_out(struct out *o, const char *key, const struct address *a) {
  char text[INET6_ADDRSTRLEN];
  address_text(a, text);
  out_object(o, key);
  out_text(o, "address", text);
  out_u64(o, "port", a->port);
  out_end_object(o);
}

bool address_json(struct address *a, const struct json *v) {
  /* A zone ("fe80::1%eth0") is not part of the address. */
  char text[INET6_ADDRSTRLEN + 24];
  uint64_t port;
  if (!json_text(json_member(v, "address"), text, sizeof text)) return false;
  if (!json_u64(json_member(v, "port"), &port) || port > 65535) return false;
  char *zone = strchr(text, '%');
  if (zone) *zone = 0;
  return address_parse(a, text, (uint16_t)port);
}
