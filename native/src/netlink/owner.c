#include "owner.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>

#include "decode.h"

#define KNOWN 8192
/* Places for one bucket: the oldest makes room. */
#define WAYS_EACH 4
/* Ends can be used again by another user's socket. Those of TCP take longer than that; of datagrams the programs in the
   kernel say it, where they may run. */
#define STALE_NS 15000000000ull

/* Those of others apart: there may be many of them, and they must not push out the user's. */
static struct owned {
  uint64_t at_ns;
  struct address local, remote;
  uint8_t protocol;
} known[2][KNOWN / WAYS_EACH][WAYS_EACH];

static struct owned *place_of(enum owner owner, int protocol, const struct address *local, const struct address *remote) {
  uint32_t sum = 2166136261u ^ (uint32_t)protocol;
  for (int i = 0; i < 16; i++) sum = ((sum ^ local->ip[i]) * 16777619u ^ remote->ip[i]) * 16777619u;
  return known[owner][(((sum ^ local->port) * 16777619u ^ remote->port) * 2654435761u >> 8) % (KNOWN / WAYS_EACH)];
}

/* A socket for datagrams has many remote ends, and one local one. */
static struct address remote_of(int protocol, const struct address *remote) {
  return protocol == IPPROTO_UDP ? (struct address){.family = remote->family} : *remote;
}

static bool is_it(const struct owned *o, int protocol, const struct address *local, const struct address *remote) {
  return o->at_ns != 0 && o->protocol == protocol && address_equal(&o->local, local) && address_equal(&o->remote, remote);
}

static void note(int protocol, const struct address *local, const struct address *remote, enum owner owner) {
  struct address to = remote_of(protocol, remote);
  struct owned *before = place_of(owner == OWNER_USER ? OWNER_OTHER : OWNER_USER, protocol, local, &to);
  struct owned *o = place_of(owner, protocol, local, &to);
  int oldest = 0;
  for (int i = 0; i < WAYS_EACH; i++) {
    if (is_it(&before[i], protocol, local, &to)) before[i].at_ns = 0;
    if (is_it(&o[i], protocol, local, &to)) o[i].at_ns = 0;
    if (o[i].at_ns < o[oldest].at_ns) oldest = i;
  }
  o[oldest] = (struct owned){monotonic_ns(), *local, to, (uint8_t)protocol};
}

void owner_learn(int protocol, const struct address *local, const struct address *remote, enum owner owner) {
  note(protocol, local, remote, owner);
}

static void keep(void *context, const struct nl_message *m) {
  struct socket_facts *f = context;
  if (m->type != SOCK_DIAG_BY_FAMILY || !socket_decode(m->body, f)) f->local.family = 0;
}

static enum owner ask(const struct helper *h, int protocol, const struct address *local, const struct address *remote) {
  static int fd = -1;
  struct {
    struct nlmsghdr head;
    struct inet_diag_req_v2 request;
  } q = {.head = {.nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
         .request = {.sdiag_family = (uint8_t)local->family,
                     .sdiag_protocol = (uint8_t)protocol,
                     .idiag_states = ~0u,
                     .id = {.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}}};
  if (fd < 0) fd = nl_open(NETLINK_SOCK_DIAG);
  if (fd < 0) return OWNER_UNKNOWN;
  bool swap = protocol == IPPROTO_UDP;
  const struct address *from = swap ? remote : local, *to = swap ? local : remote;
  q.request.id.idiag_sport = htons(from->port);
  q.request.id.idiag_dport = htons(to->port);
  memcpy(q.request.id.idiag_src, from->ip, 16);
  memcpy(q.request.id.idiag_dst, to->ip, 16);
  struct socket_facts f = {0};
  if (nl_ask(fd, &q, sizeof q, keep, &f) != 0 || f.local.family == 0) return OWNER_UNKNOWN;
  /* TIME_WAIT and a request that is not yet accepted have no owner of their own; a listener is not this connection. */
  if (f.state == 6 || f.state == 12 || f.state == 10) return OWNER_UNKNOWN;
  return f.uid == helper_user(h) ? OWNER_USER : OWNER_OTHER;
}

enum owner owner_of(const struct helper *h, int protocol, const struct address *local, const struct address *remote) {
  if (helper_user(h) == 0) return OWNER_USER;
  struct address to = remote_of(protocol, remote);
  for (enum owner owner = OWNER_USER + 1; owner-- > OWNER_OTHER;) {
    const struct owned *o = place_of(owner, protocol, local, &to);
    for (int i = 0; i < WAYS_EACH; i++)
      if (is_it(&o[i], protocol, local, &to) && monotonic_ns() - o[i].at_ns < STALE_NS) return owner;
  }
  enum owner owner = ask(h, protocol, local, remote);
  if (owner != OWNER_UNKNOWN) note(protocol, local, remote, owner);
  return owner;
}
