/* Whose a packet is, whether the host may have it, and whether it has it already. */
#include <arpa/inet.h>
#include <string.h>

#include "internal.h"

#define SEEN_NS 5000000ull
#define ENDED 4096
/* Places for one bucket: the oldest makes room. */
#define WAYS_EACH 4
#define ENDED_NS 5000000000ull
#define OWN_MAX 16

static int protocol_of(const struct packet *p) { return p->kind == PACKET_TCP ? IPPROTO_TCP : IPPROTO_UDP; }

/* Of connections that are no longer watched, as they ended: their last packets are still on their way. */
static struct ended {
  uint64_t at_ns;
  struct address local, remote;
  int protocol;
} ended[ENDED / WAYS_EACH][WAYS_EACH];

static uint32_t ends_hash(int protocol, const struct address *a, const struct address *b) {
  uint32_t sum = 2166136261u ^ (uint32_t)protocol;
  for (int i = 0; i < 16; i++) sum = ((sum ^ a->ip[i]) * 16777619u ^ b->ip[i]) * 16777619u;
  return ((sum ^ a->port) * 16777619u ^ b->port) * 2654435761u;
}

static struct ended *ended_at(int protocol, const struct address *local, const struct address *remote) {
  return ended[ends_hash(protocol, local, remote) % (ENDED / WAYS_EACH)];
}

static bool has_ended(int protocol, const struct address *local, const struct address *remote) {
  const struct ended *e = ended_at(protocol, local, remote);
  for (int i = 0; i < WAYS_EACH; i++)
    if (e[i].at_ns && e[i].protocol == protocol && address_equal(&e[i].local, local) && address_equal(&e[i].remote, remote))
      return monotonic_ns() - e[i].at_ns < ENDED_NS;
  return false;
}

/* A socket for datagrams may be watched by its own end alone. */
static bool watched_as(const struct helper *h, int protocol, const struct address *local, const struct address *remote) {
  if (watch_by_ends(h, protocol, local, remote)) return true;
  if (has_ended(protocol, local, remote)) return true;
  if (protocol != IPPROTO_UDP) return false;
  /* One that hears on each address of this machine; one without a peer; both. */
  const struct address any = {.family = local->family}, every = {.family = local->family, .port = local->port};
  const struct address six = {.family = AF_INET6, .port = local->port}, none = {.family = AF_INET6};
  return watch_by_ends(h, protocol, local, &any) || watch_by_ends(h, protocol, &every, &any) ||
         watch_by_ends(h, protocol, &every, remote) || watch_by_ends(h, protocol, &six, &none);
}

static bool is_server(const struct address *a) {
  for (size_t i = 0; i < capturing.server_count; i++)
    if (address_equal(&capturing.servers[i], a)) return true;
  return false;
}

/* Both ways round: which end is ours, the packet does not say on loopback. */
static enum verdict verdict_of(const struct helper *h, int protocol, const struct address *from, const struct address *to,
                               uint64_t at, uint8_t *direction) {
  enum owner own = owner_of(h, protocol, from, to, at), other = OWNER_OTHER;
  if (own != OWNER_USER) other = owner_of(h, protocol, to, from, at);
  if (own == OWNER_OTHER && other == OWNER_OTHER) return OTHER;
  bool out = watched_as(h, protocol, from, to) || is_server(to), in = watched_as(h, protocol, to, from) || is_server(from);
  if (out || in) *direction = out ? 1 : 0;
  if (!out && !in) return WAIT;
  return own == OWNER_USER || other == OWNER_USER ? SEND : UNPROVED;
}

/* Own addresses of watched connections, also for a while after their end. */
static struct {
  uint64_t at_ns;
  uint8_t ip[4];
} own[OWN_MAX];

void note_watch(const struct watch *w) {
  size_t oldest = 0;
  if (w->local.family != AF_INET) return;
  for (size_t i = 0; i < OWN_MAX; i++) {
    if (memcmp(own[i].ip, w->local.ip, 4) == 0) {
      own[i].at_ns = monotonic_ns();
      return;
    }
    if (own[i].at_ns < own[oldest].at_ns) oldest = i;
  }
  own[oldest].at_ns = monotonic_ns();
  memcpy(own[oldest].ip, w->local.ip, 4);
}

static bool concerns_arp(const struct helper *h, const struct packet *p) {
  for (const struct watch *w = watch_next(h, NULL); w; w = watch_next(h, w)) note_watch(w);
  uint64_t now = monotonic_ns();
  for (size_t i = 0; i < OWN_MAX; i++)
    if (own[i].at_ns && now - own[i].at_ns < PAST_NS &&
        (memcmp(own[i].ip, p->from.ip, 4) == 0 || memcmp(own[i].ip, p->to.ip, 4) == 0))
      return true;
  return false;
}

enum verdict judge(const struct helper *h, const struct past_packet *k, uint8_t *direction) {
  const struct packet *p = &k->packet;
  uint8_t as_inner;
  switch (p->kind) {
    case PACKET_TCP:
    case PACKET_UDP:
      return verdict_of(h, protocol_of(p), &p->from, &p->to, k->at_ns, direction);
    case PACKET_ICMP:
      /* About a packet of the user that could not be forwarded, or that was refused here. */
      if (p->inner_from.family == 0) return OTHER;
      return verdict_of(h, p->inner_protocol, &p->inner_from, &p->inner_to, k->at_ns, &as_inner);
    case PACKET_ARP:
      return concerns_arp(h, p) ? SEND : OTHER;
    default:
      return OTHER;
  }
}

/* The same packet on its way through several interfaces: a bridge and its port, a VLAN and its carrier. */
static bool is_again(const struct packet *p, const struct record *r) {
  if (p->sum == 0) return false;
  size_t i = p->sum % SEEN;
  uint64_t at = capturing.seen_before[i].at, apart = r->realtime_ns > at ? r->realtime_ns - at : at - r->realtime_ns;
  if (capturing.seen_before[i].sum == p->sum && capturing.seen_before[i].interface != r->interface && apart < SEEN_NS) return true;
  capturing.seen_before[i].at = r->realtime_ns;
  capturing.seen_before[i].sum = p->sum;
  capturing.seen_before[i].interface = r->interface;
  return false;
}

/* On its way out the upper device may see a large one, and the lower the pieces that it was cut into, and later: bytes
   that went out by another interface already. */
static bool is_piece(const struct packet *p, const struct record *r) {
  if (p->kind != PACKET_TCP || p->headers == 0 || !r->direction || r->original < p->headers) return false;
  struct way *w = &capturing.ways[ends_hash(IPPROTO_TCP, &p->from, &p->to) >> 21];
  uint32_t end = p->sequence + (r->original - (uint32_t)p->headers) + p->controls;
  bool same = w->interface != 0 && address_equal(&w->from, &p->from) && address_equal(&w->to, &p->to);
  if (same && w->interface != r->interface && (int32_t)(end - w->end) <= 0) return true;
  bool on = same && w->interface == r->interface && (int32_t)(end - w->end) < 0;
  *w = (struct way){p->from, p->to, r->interface, on ? w->end : end};
  return false;
}

/* An end without a port is any; one without an address is of each address of this machine. */
static bool is_end(const struct address *a, const struct address *end) {
  static const uint8_t none[16];
  return end->port == 0 || address_equal(a, end) || (a->port == end->port && memcmp(end->ip, none, 16) == 0);
}

bool is_between(const struct packet *p, const struct address *a, const struct address *b) {
  bool inner = p->kind == PACKET_ICMP;
  const struct address *from = inner ? &p->inner_from : &p->from, *to = inner ? &p->inner_to : &p->to;
  return (is_end(from, a) && is_end(to, b)) || (is_end(to, a) && is_end(from, b));
}

bool is_duplicate(const struct packet *p, const struct record *r) { return is_again(p, r) || is_piece(p, r); }

void note_end(const struct watch *w) {
  struct ended *e = ended_at(w->protocol, &w->local, &w->remote);
  int to = 0;
  for (int i = 0; i < WAYS_EACH; i++) {
    bool same = e[i].protocol == w->protocol && address_equal(&e[i].local, &w->local) && address_equal(&e[i].remote, &w->remote);
    if (same) e[i].at_ns = 0;
    if (e[i].at_ns < e[to].at_ns) to = i;
  }
  e[to] = (struct ended){monotonic_ns(), w->local, w->remote, w->protocol};
}
