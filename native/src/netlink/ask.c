#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>

#include "decode.h"
#include "owner.h"

static void keep(void *context, const struct nl_message *m) {
  struct socket_facts *f = context;
  if (m->type != SOCK_DIAG_BY_FAMILY || !socket_decode(m->body, f)) f->local.family = 0;
}

enum owner owner_ask(const struct helper *h, int protocol, const struct address *local, const struct address *remote,
                     uint64_t *cookie) {
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
  /* TIME_WAIT, a request that is not yet accepted and what no program has open any more have no owner of their own (and
     no inode); a listener is not this connection. */
  if (f.inode == 0 || f.state == 6 || f.state == 12 || f.state == 10) return OWNER_UNKNOWN;
  *cookie = f.cookie;
  return f.uid == helper_user(h) ? OWNER_USER : OWNER_OTHER;
}
