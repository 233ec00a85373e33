/* tcpDestroy: the last figures of each TCP socket, reported by the kernel when it ends. No privilege is needed. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "destroyed.h"
#include "core/helper.h"

#define KEEP_NS 10000000000ull
#define KEPT 8192
#define BUCKETS 4096
#define MESSAGES_AT_ONCE 256
/* Without privilege one socket's buffer holds the ends of some 200 sockets; a program may close 1,000 at once. So they
   are dealt out to several by the lowest bits of the local port. */
#define SHARES 8

extern const struct feature tcp_destroy;

/* In the order of their end; a place is used again when all have been. Chains lead from newer to older. */
static struct kept {
  struct destroyed d;
  uint16_t older;
} kept[KEPT];
static uint16_t newest[BUCKETS];
static uint16_t bucket_of[KEPT];
static uint32_t next_place;
static int shares[SHARES];
static uint64_t seen;

static uint32_t bucket(const struct address *local, const struct address *remote) {
  uint32_t sum = 2166136261u;
  for (int i = 0; i < 16; i++) sum = (sum ^ local->ip[i] ^ (uint32_t)remote->ip[i] << 8) * 16777619u;
  sum = (sum ^ local->port) * 16777619u;
  sum = (sum ^ remote->port) * 16777619u;
  return (sum ^ sum >> 16) % BUCKETS;
}

const struct destroyed *destroyed_find(const struct address *local, const struct address *remote, uint64_t born,
                                       uint64_t now) {
  const struct destroyed *found = NULL;
  for (uint16_t i = newest[bucket(local, remote)]; i; i = kept[i - 1].older) {
    const struct destroyed *d = &kept[i - 1].d;
    if (!address_equal(&d->local, local) || !address_equal(&d->remote, remote)) continue;
    if (d->at_ns < born || (d->at_ns < now && now - d->at_ns >= KEEP_NS)) break;
    found = d;
    if (born == 0) break;
  }
  return found;
}

/* The oldest place is the last of its chain. */
static void forget(uint32_t place) {
  for (uint16_t *link = &newest[bucket_of[place]]; *link; link = &kept[*link - 1].older)
    if (*link == place + 1) {
      *link = 0;
      return;
    }
}

static struct destroyed *remember(const struct socket_facts *f, uint64_t at) {
  uint32_t place = next_place++ % KEPT, b = bucket(&f->local, &f->remote);
  if (kept[place].d.at_ns != 0) forget(place);
  struct kept *k = &kept[place];
  k->d = (struct destroyed){.local = f->local, .remote = f->remote, .cookie = f->cookie, .at_ns = at};
  k->d.info_length = f->info_length;
  memcpy(k->d.info, f->info, f->info_length);
  k->older = newest[b];
  bucket_of[place] = (uint16_t)b;
  newest[b] = (uint16_t)(place + 1);
  return &k->d;
}

static void take(struct helper *h, struct span all, uint64_t at) {
  struct nl_message m;
  struct socket_facts f;
  while (nl_next_message(&all, &m)) {
    if (m.type != SOCK_DIAG_BY_FAMILY) continue;
    if (!socket_decode(m.body, &f)) {
      helper_lost(h, &tcp_destroy, "broken", 1);
      continue;
    }
    seen++;
    diag_destroyed(h, remember(&f, at));
  }
}

static void ready(struct helper *h, int fd) {
  static uint8_t buffer[16384] __attribute__((aligned(8)));
  for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
    uint64_t at = monotonic_ns();
    ssize_t n = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n >= 0) take(h, (struct span){buffer, (size_t)n}, at);
    /* The kernel does not say how many. */
    else if (errno == ENOBUFS) helper_lost(h, &tcp_destroy, "overflow", 1);
    else if (errno != EINTR) return;
  }
}

static void end(struct helper *h) {
  for (int i = 0; i < SHARES; i++) {
    if (shares[i] < 0) continue;
    helper_unpoll(h, shares[i]);
    close(shares[i]);
    shares[i] = -1;
  }
}

/* A socket that gets the ends of sockets whose local port is `share` modulo SHARES. */
static int open_share(uint32_t share, int buffer) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
  if (fd < 0) return -errno;
  /* The head of the message, then family, state, timer, retransmits; a load turns the port into the machine's order. */
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 16 + 4),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SHARES - 1),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, share, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  const struct sock_fprog program = {sizeof code / sizeof code[0], code};
  struct sockaddr_nl own = {.nl_family = AF_NETLINK,
                            .nl_groups = 1 << (SKNLGRP_INET_TCP_DESTROY - 1) | 1 << (SKNLGRP_INET6_TCP_DESTROY - 1)};
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) < 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ||
      bind(fd, (const struct sockaddr *)&own, sizeof own) < 0) {
    int error = -errno;
    close(fd);
    return error;
  }
  return fd;
}

static int probe(struct helper *h) {
  const char *size = helper_option(h, "destroy-buffer");
  int buffer = size ? atoi(size) : 1 << 20;
  for (uint32_t i = 0; i < SHARES; i++) shares[i] = -1;
  for (uint32_t i = 0; i < SHARES; i++) {
    shares[i] = open_share(i, buffer);
    int error = shares[i] < 0 ? shares[i] : helper_poll(h, &tcp_destroy, shares[i]);
    if (error) {
      end(h);
      return error;
    }
  }
  return 0;
}

static void stats(struct helper *h, struct out *o) {
  (void)h;
  out_u64(o, "seen", seen);
}

/* Smaller than the kernel's default: only to see what happens when it overflows. */
static const char *const options[] = {"destroy-buffer", NULL};

const struct feature tcp_destroy = {
    .name = "tcpDestroy",
    .tier = 0,
    .options = options,
    .open = probe,
    .ready = ready,
    .stats = stats,
    .close = end,
};
