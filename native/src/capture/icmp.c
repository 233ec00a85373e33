/* ICMP errors for packets of watched connections: unreachable, too large, time exceeded. The kernel
   gives a raw socket a copy of each message; it contains the header of the packet that it is about. */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "netlink/owner.h"
#include "packet.h"

#define PAST 64
#define PAST_NS 10000000000ull
#define MESSAGES_AT_ONCE 64
#define RAW_ICMP_FILTER 1

extern const struct feature icmp;

struct message {
  uint64_t at;
  int protocol, family;
  struct address local, remote, from;
  uint8_t type, code;
  uint32_t mtu;
};

static int sockets[2] = {-1, -1};
static struct message past[PAST];
static size_t past_end;

static bool is_of(const struct message *m, const struct watch *w) {
  static const uint8_t none[16];
  if (m->protocol != w->protocol || (w->remote.port != 0 && !address_equal(&m->remote, &w->remote))) return false;
  /* A socket for datagrams may hear on each address of this machine. */
  return address_equal(&m->local, &w->local) || (m->local.port == w->local.port && memcmp(w->local.ip, none, 16) == 0);
}

static const struct watch *watch_of(const struct helper *h, const struct message *m) {
  const struct address any = {.family = m->local.family}, six = {.family = AF_INET6, .port = m->local.port};
  const struct address every = {.family = m->local.family, .port = m->local.port}, none = {.family = AF_INET6};
  const struct watch *w = watch_by_ends(h, m->protocol, &m->local, &m->remote);
  if (w || m->protocol != IPPROTO_UDP) return w;
  if ((w = watch_by_ends(h, m->protocol, &m->local, &any))) return w;
  if ((w = watch_by_ends(h, m->protocol, &every, &any))) return w;
  return watch_by_ends(h, m->protocol, &six, &none);
}

static bool say(struct helper *h, const struct message *m, const struct watch *w) {
  if (owner_lately(h, m->protocol, &m->local, &m->remote) != OWNER_USER) return false;
  char from[INET6_ADDRSTRLEN];
  address_text(&m->from, from);
  struct out *o = helper_message(h, "event");
  out_text(o, "id", w->id);
  out_text(o, "kind", "icmp");
  out_decimal(o, "at", m->at);
  out_object(o, "icmp");
  out_u64(o, "version", m->family == AF_INET ? 4 : 6);
  out_u64(o, "type", m->type);
  out_u64(o, "code", m->code);
  if (m->mtu) out_u64(o, "mtu", m->mtu);
  out_text(o, "from", from);
  out_end_object(o);
  helper_send(h, &icmp);
  return true;
}

static uint64_t ns_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* The kernel's instant is of the real clock. */
static uint64_t instant_of(struct msghdr *head) {
  uint64_t now = monotonic_ns();
  for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c; c = CMSG_NXTHDR(head, c)) {
    struct timespec t;
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
    memcpy(&t, CMSG_DATA(c), sizeof t);
    uint64_t age = ns_of(CLOCK_REALTIME) - ((uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec);
    if (age < 1000000000ull) now -= age;
  }
  return now;
}

static void fill(struct message *m, const uint8_t *icmp_head, int protocol) {
  m->type = icmp_head[0];
  m->code = icmp_head[1];
  if (protocol == IPPROTO_ICMP && m->type == ICMP_DEST_UNREACH && m->code == ICMP_FRAG_NEEDED)
    m->mtu = (uint32_t)(icmp_head[6] << 8 | icmp_head[7]);
  if (protocol == IPPROTO_ICMPV6 && m->type == ICMP6_PACKET_TOO_BIG)
    m->mtu = (uint32_t)icmp_head[4] << 24 | (uint32_t)(icmp_head[5] << 16 | icmp_head[6] << 8 | icmp_head[7]);
}

static void take(struct helper *h, int fd, const uint8_t *bytes, size_t n, struct msghdr *head) {
  struct message m = {.at = instant_of(head)};
  struct packet p = {0};
  bool four = fd == sockets[0];
  /* Of IPv4 the head of IP comes along. */
  size_t skip = four && n >= 20 ? (size_t)(bytes[0] & 15) * 4 : 0;
  if (n < skip + 8 || (four && skip < 20)) return;
  int protocol = four ? IPPROTO_ICMP : IPPROTO_ICMPV6;
  packet_icmp(bytes + skip, n - skip, protocol, &p);
  if (p.inner_from.family == 0) return;
  m.family = four ? AF_INET : AF_INET6;
  m.protocol = p.inner_protocol;
  m.local = p.inner_from;
  m.remote = p.inner_to;
  m.from.family = m.family;
  if (four) memcpy(m.from.ip, bytes + 12, 4);
  else memcpy(m.from.ip, &((struct sockaddr_in6 *)head->msg_name)->sin6_addr, 16);
  fill(&m, bytes + skip, protocol);
  const struct watch *w = watch_of(h, &m);
  if (w) say(h, &m, w);
  else past[past_end++ % PAST] = m;
}

static void ready(struct helper *h, int fd) {
  uint8_t bytes[2048], control[128] __attribute__((aligned(8)));
  for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
    struct sockaddr_in6 from = {0};
    struct iovec io = {bytes, sizeof bytes};
    struct msghdr head = {.msg_name = &from,
                          .msg_namelen = sizeof from,
                          .msg_iov = &io,
                          .msg_iovlen = 1,
                          .msg_control = control,
                          .msg_controllen = sizeof control};
    ssize_t n = recvmsg(fd, &head, MSG_DONTWAIT);
    if (n < 0) return;
    take(h, fd, bytes, (size_t)n, &head);
  }
}

static void watched(struct helper *h, const struct watch *w) {
  for (int i = 0; i < 2; i++)
    if (sockets[i] >= 0) ready(h, sockets[i]);
  for (size_t i = 0; i < PAST; i++) {
    struct message *m = &past[i];
    if (m->at && m->at + PAST_NS > monotonic_ns() && is_of(m, w) && say(h, m, w)) m->at = 0;
  }
}

/* One family; 0 or -errno. */
static int listen_to(struct helper *h, int i) {
  const int on = 1;
  int fd = socket(i ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, i ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
  if (fd < 0) return -errno;
  struct icmp6_filter six;
  ICMP6_FILTER_SETBLOCKALL(&six);
  for (int type = ICMP6_DST_UNREACH; type <= ICMP6_PARAM_PROB; type++) ICMP6_FILTER_SETPASS(type, &six);
  /* Bits of those that are to be kept away. */
  uint32_t four = ~(1u << ICMP_DEST_UNREACH | 1u << ICMP_TIME_EXCEEDED | 1u << ICMP_PARAMETERPROB);
  int error = i ? setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &six, sizeof six)
                : setsockopt(fd, SOL_RAW, RAW_ICMP_FILTER, &four, sizeof four);
  if (error < 0 || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) {
    error = -errno;
    close(fd);
    return error;
  }
  sockets[i] = fd;
  return helper_poll(h, &icmp, fd);
}

static int open_icmp(struct helper *h) {
  int error = listen_to(h, 0);
  if (error == -EPERM) helper_reason(h, "needs cap_net_raw");
  if (error) return error;
  /* Without IPv6 there is nothing to hear of it. */
  listen_to(h, 1);
  return 0;
}

const struct feature icmp = {
    .name = "icmp", .tier = 1, .open = open_icmp, .ready = ready, .watched = watched, .unwatched = watched};
