/* Connections that a server of the user's own could not take, as its queue was full. The kernel counts that for the whole
   namespace, and beside it what each listening socket dropped: when the first grows, the second says whose it was. */
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decode.h"

#define EVERY_NS 500000000ull
#define LISTENERS 256
#define DROPS 8
#define STATE_LISTEN 10

extern const struct feature listeners;

static struct known {
  uint64_t cookie;
  uint32_t drops;
} known[LISTENERS];
static size_t known_count;
static int netlink = -1, netstat = -1;
static uint64_t last, last_ns;

struct looking {
  struct helper *helper;
  bool first;
};

static struct known *known_of(uint64_t cookie) {
  for (size_t i = 0; i < known_count; i++)
    if (known[i].cookie == cookie) return &known[i];
  if (known_count == LISTENERS) return NULL;
  known[known_count] = (struct known){.cookie = cookie};
  return &known[known_count++];
}

static void say(struct helper *h, const struct socket_facts *f, uint32_t drops) {
  struct out *o = helper_message(h, "listenOverflow");
  out_decimal(o, "at", monotonic_ns());
  out_decimal(o, "sinceAt", last_ns);
  address_out(o, "local", &f->local);
  out_decimal(o, "cookie", f->cookie);
  out_u64(o, "count", drops);
  out_u64(o, "waiting", f->receive_queue);
  out_u64(o, "backlog", f->send_queue);
  helper_send(h, &listeners);
}

static void look_at(void *context, const struct nl_message *m) {
  const struct looking *l = context;
  struct socket_facts f;
  if (m->type != SOCK_DIAG_BY_FAMILY || !socket_decode(m->body, &f) || f.memory_count <= DROPS) return;
  if (helper_user(l->helper) != 0 && f.uid != helper_user(l->helper)) return;
  struct known *k = known_of(f.cookie);
  if (!k) return;
  uint32_t more = f.memory[DROPS] - k->drops;
  k->drops = f.memory[DROPS];
  if (more > 0 && !l->first) say(l->helper, &f, more);
}

static void look(struct helper *h, bool first) {
  static const uint8_t families[] = {AF_INET, AF_INET6};
  for (size_t i = 0; i < sizeof families; i++) {
    struct {
      struct nlmsghdr head;
      struct inet_diag_req_v2 request;
    } q = {.head = {.nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
           .request = {.sdiag_family = families[i],
                       .sdiag_protocol = IPPROTO_TCP,
                       .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
                       .idiag_states = 1u << STATE_LISTEN}};
    nl_ask(netlink, &q, sizeof q, look_at, &(struct looking){h, first});
  }
}

/* "TcpExt: names…" and below them "TcpExt: values…". */
static bool overflows(uint64_t *to) {
  char text[16384];
  ssize_t n = pread(netstat, text, sizeof text - 1, 0);
  if (n <= 0) return false;
  text[n] = 0;
  char *names = strstr(text, "TcpExt:"), *end = names ? strchr(names, '\n') : NULL;
  char *values = end ? strstr(end, "TcpExt:") : NULL;
  if (!values) return false;
  *end = 0;
  char *names_rest = NULL, *values_rest = NULL, *name = strtok_r(names, " ", &names_rest);
  char *value = strtok_r(values, " \n", &values_rest);
  while (name && value && strcmp(name, "ListenDrops") != 0) {
    name = strtok_r(NULL, " ", &names_rest);
    value = strtok_r(NULL, " \n", &values_rest);
  }
  if (!name || !value) return false;
  *to = strtoull(value, NULL, 10);
  return true;
}

static void tick(struct helper *h, uint64_t now) {
  uint64_t all;
  if (overflows(&all) && all != last) {
    look(h, false);
    last = all;
  }
  last_ns = now;
  helper_wake(h, &listeners, now + EVERY_NS);
}

static int open_listeners(struct helper *h) {
  netlink = nl_open(NETLINK_SOCK_DIAG);
  if (netlink < 0) return netlink;
  netstat = open("/proc/self/net/netstat", O_RDONLY | O_CLOEXEC);
  if (netstat < 0 || !overflows(&last)) return helper_reason(h, "the kernel does not count what listeners drop"), -ENOENT;
  look(h, true);
  last_ns = monotonic_ns();
  helper_wake(h, &listeners, last_ns + EVERY_NS);
  return 0;
}

const struct feature listeners = {.name = "listeners", .tier = 0, .open = open_listeners, .tick = tick};
