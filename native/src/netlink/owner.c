#include "owner.h"

#include <arpa/inet.h>
#include <string.h>

#define KNOWN 8192
/* Places for one bucket: the one that was not shown for longest makes room. */
#define WAYS_EACH 8
#define STALE_NS 15000000000ull

/* One socket that had these ends: shown first and last (`sure`: before it began to leave them), and when it had them no
   longer. Those of others apart: there may be many of them, and they must not push out the user's. */
static struct owned {
  uint64_t cookie, from, to, sure, until;
  struct address local, remote;
  uint8_t protocol;
} known[2][KNOWN / WAYS_EACH][WAYS_EACH];
static bool told;

/* A socket for datagrams has many remote ends and, if it is closed, a port alone. */
static struct owned *bucket_of(enum owner owner, int protocol, const struct address *local, const struct address *remote) {
  uint32_t sum = 2166136261u ^ (uint32_t)protocol;
  if (protocol != IPPROTO_UDP)
    for (int i = 0; i < 16; i++) sum = ((sum ^ local->ip[i]) * 16777619u ^ remote->ip[i]) * 16777619u;
  return known[owner][(((sum ^ local->port) * 16777619u ^ remote->port) * 2654435761u >> 8) % (KNOWN / WAYS_EACH)];
}

static struct address remote_of(int protocol, const struct address *remote) {
  return protocol == IPPROTO_UDP ? (struct address){.family = remote->family} : *remote;
}

static bool is_it(const struct owned *o, int protocol, const struct address *local, const struct address *remote) {
  return o->to != 0 && o->protocol == protocol && address_equal(&o->local, local) && address_equal(&o->remote, remote);
}

/* Shown between `from` and `to`, which are one instant but for the time of an answer. */
static void note(int protocol, const struct address *local, const struct address *to_end, enum owner owner, uint64_t cookie,
                 uint64_t from, uint64_t to, bool leaves) {
  struct address remote = remote_of(protocol, to_end);
  struct owned *o = bucket_of(owner, protocol, local, &remote), *oldest = o;
  for (int i = 0; i < WAYS_EACH; i++) {
    if (is_it(&o[i], protocol, local, &remote) && o[i].cookie == cookie && to < o[i].until) {
      if (from < o[i].from) o[i].from = from;
      if (to > o[i].to) o[i].to = to;
      if (to > o[i].sure && !leaves) o[i].sure = to;
      return;
    }
    if (o[i].to < oldest->to) oldest = &o[i];
  }
  struct owned new = {cookie, from, to, leaves ? 0 : to, UINT64_MAX, *local, remote, (uint8_t)protocol};
  /* Who has them next ends it. */
  struct owned *others = bucket_of(owner == OWNER_USER ? OWNER_OTHER : OWNER_USER, protocol, local, &remote);
  for (int i = 0; i < WAYS_EACH; i++) {
    if (!is_it(&others[i], protocol, local, &remote)) continue;
    if (others[i].from <= from && others[i].until > from) others[i].until = from;
    if (others[i].from > from && others[i].from < new.until) new.until = others[i].from;
  }
  *oldest = new;
}

void owner_learn(int protocol, const struct address *local, const struct address *remote, enum owner owner, uint64_t cookie,
                 uint64_t at) {
  note(protocol, local, remote, owner, cookie, at, at, false);
}

void owner_left(const struct address *local, const struct address *remote, uint64_t cookie, uint64_t at) {
  note(IPPROTO_TCP, local, remote, OWNER_USER, cookie, at, at, true);
}

void owner_closed(uint16_t port, uint64_t cookie, uint64_t at) {
  const struct address local = {.port = port}, none = {0};
  struct owned *o = bucket_of(OWNER_USER, IPPROTO_UDP, &local, &none);
  for (int i = 0; i < WAYS_EACH; i++)
    if (o[i].cookie == cookie && o[i].protocol == IPPROTO_UDP && o[i].until > at) o[i].until = at;
}

void owner_told(void) { told = true; }

void owner_missed(void) {
  for (size_t i = 0; i < KNOWN; i++) {
    struct owned *o = &known[OWNER_USER][i / WAYS_EACH][i % WAYS_EACH];
    if (o->protocol == IPPROTO_UDP && o->until > o->to) o->until = o->to + 1;
  }
}

/* Whether this socket, which had the ends at other times, had them at `at` too. */
static bool had(const struct owned *o, uint64_t at) {
  if (at >= o->until) return false;
  if (o->from <= at && at <= o->to) return true;
  /* For datagrams only if its end would have been reported. */
  if (o->protocol == IPPROTO_UDP) return told && o->from <= at && at - o->to < STALE_NS;
  /* No other connection began between. */
  uint64_t life = life_of(&o->local, &o->remote);
  if (life == 0) return false;
  return at > o->to ? life <= o->sure : life <= at && o->from <= lives_seen();
}

static enum owner known_at(int protocol, const struct address *local, const struct address *remote, uint64_t at) {
  const struct owned *o = bucket_of(OWNER_USER, protocol, local, remote);
  for (int i = 0; i < WAYS_EACH; i++)
    if (is_it(&o[i], protocol, local, remote) && had(&o[i], at)) return OWNER_USER;
  /* What is another's needs no proof. */
  o = bucket_of(OWNER_OTHER, protocol, local, remote);
  for (int i = 0; i < WAYS_EACH; i++)
    if (is_it(&o[i], protocol, local, remote) && at < o[i].until && (at < o[i].to || at - o[i].to < STALE_NS)) return OWNER_OTHER;
  return OWNER_UNKNOWN;
}

static enum owner ask(const struct helper *h, int protocol, const struct address *local, const struct address *remote) {
  uint64_t before = monotonic_ns(), cookie = 0;
  enum owner owner = owner_ask(h, protocol, local, remote, &cookie);
  if (owner != OWNER_UNKNOWN) note(protocol, local, remote, owner, cookie, monotonic_ns(), before, false);
  return owner;
}

enum owner owner_of(const struct helper *h, int protocol, const struct address *local, const struct address *remote,
                    uint64_t at) {
  if (helper_user(h) == 0) return OWNER_USER;
  struct address to = remote_of(protocol, remote);
  enum owner owner = known_at(protocol, local, &to, at);
  if (owner != OWNER_UNKNOWN) return owner;
  return ask(h, protocol, local, remote) == OWNER_UNKNOWN ? OWNER_UNKNOWN : known_at(protocol, local, &to, at);
}

enum owner owner_lately(const struct helper *h, int protocol, const struct address *local, const struct address *remote) {
  if (helper_user(h) == 0) return OWNER_USER;
  struct address end = remote_of(protocol, remote);
  enum owner owner = OWNER_UNKNOWN;
  uint64_t last = monotonic_ns() - STALE_NS;
  for (enum owner who = OWNER_OTHER; who <= OWNER_USER; who++) {
    const struct owned *o = bucket_of(who, protocol, local, &end);
    for (int i = 0; i < WAYS_EACH; i++)
      if (is_it(&o[i], protocol, local, &end) && o[i].to > last) {
        last = o[i].to;
        owner = who;
      }
  }
  return owner != OWNER_UNKNOWN ? owner : ask(h, protocol, local, remote);
}
