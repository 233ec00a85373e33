/* route and interfaces: which way a connection's packets leave, and what the interfaces counted. No privilege is needed. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "decode.h"
#include "core/helper.h"

extern const struct feature route;

#define LINKS_MAX 128
#define KNOWN 16
#define KNOWN_FOR 5000000000ull

static int asking = -1;
static struct link_facts begin[LINKS_MAX], now_links[LINKS_MAX];
static size_t begin_count;
static uint64_t begin_ns;

/* Routes asked for lately: a program's connections mostly lead to the same few ends. */
static struct {
  struct address local, remote;
  uint64_t at_ns;
  struct route_facts facts;
  /* Index 0: not known. */
  struct link_facts link;
} known[KNOWN];
static size_t next_known;

static void keep_route(void *context, const struct nl_message *m) {
  struct route_facts *f = context;
  if (m->type != RTM_NEWROUTE || !route_decode(m->body, f)) f->interface = 0;
}

static size_t attribute(uint8_t *to, uint16_t type, const struct address *a) {
  uint16_t n = a->family == AF_INET ? 4 : 16, length = (uint16_t)(4 + n);
  memcpy(to, &length, 2);
  memcpy(to + 2, &type, 2);
  memcpy(to + 4, a->ip, n);
  return length;
}

static int ask_route(const struct watch *w, struct route_facts *f) {
  struct {
    struct nlmsghdr head;
    struct rtmsg route;
    uint8_t attributes[64];
  } q = {.head = {.nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST},
         .route = {.rtm_family = (uint8_t)w->remote.family}};
  uint8_t bits = w->remote.family == AF_INET ? 32 : 128;
  size_t n = attribute(q.attributes, RTA_DST, &w->remote);
  q.route.rtm_dst_len = bits;
  n += attribute(q.attributes + n, RTA_SRC, &w->local);
  q.route.rtm_src_len = bits;
  *f = (struct route_facts){0};
  int error = nl_ask(asking, &q, offsetof(__typeof__(q), attributes) + n, keep_route, f);
  return error ? error : f->interface ? 0 : -EPROTO;
}

static void keep_one(void *context, const struct nl_message *m) {
  struct link_facts *f = context;
  if (m->type != RTM_NEWLINK || !link_decode(m->body, f)) f->index = 0;
}

static void ask_link(uint32_t index, struct link_facts *f) {
  struct {
    struct nlmsghdr head;
    struct ifinfomsg link;
  } q = {.head = {.nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST}, .link = {.ifi_index = (int)index}};
  *f = (struct link_facts){0};
  nl_ask(asking, &q, sizeof q, keep_one, f);
}

struct links {
  struct link_facts *to;
  size_t count;
  uint64_t missed;
};

static void keep_link(void *context, const struct nl_message *m) {
  struct links *l = context;
  struct link_facts f;
  if (m->type != RTM_NEWLINK || !link_decode(m->body, &f)) return;
  if (l->count == LINKS_MAX) l->missed++;
  else l->to[l->count++] = f;
}

static int ask_links(struct helper *h, struct link_facts *to, size_t *count) {
  struct {
    struct nlmsghdr head;
    struct ifinfomsg link;
  } q = {.head = {.nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}};
  struct links all = {.to = to};
  int error = 0;
  for (int i = 0; i < 3; i++) {
    all = (struct links){.to = to};
    error = nl_ask(asking, &q, sizeof q, keep_link, &all);
    if (error != -EINTR) break;
  }
  /* Changed while it was read, each time: what came is reported, and that it may lack something. */
  if (error == -EINTR) helper_lost(h, &route, "interrupted", 1);
  helper_lost(h, &route, "dropped", all.missed);
  *count = all.count;
  return error == -EINTR ? 0 : error;
}

static const struct link_facts *link_of(const struct link_facts *list, size_t count, uint32_t index) {
  for (size_t i = 0; i < count; i++)
    if (list[i].index == index) return &list[i];
  return NULL;
}

static void out_ip(struct out *o, const char *key, const struct address *a) {
  char text[INET6_ADDRSTRLEN];
  if (a->family == 0) return;
  address_text(a, text);
  out_text(o, key, text);
}

static void watched(struct helper *h, const struct watch *w) {
  if (w->remote.port == 0) return;
  uint64_t at = monotonic_ns();
  size_t place = KNOWN;
  for (size_t i = 0; i < KNOWN && place == KNOWN; i++)
    if (known[i].at_ns != 0 && at - known[i].at_ns < KNOWN_FOR && memcmp(known[i].remote.ip, w->remote.ip, 16) == 0 &&
        memcmp(known[i].local.ip, w->local.ip, 16) == 0 && known[i].remote.family == w->remote.family)
      place = i;
  if (place == KNOWN) {
    place = next_known++ % KNOWN;
    if (ask_route(w, &known[place].facts) != 0) {
      known[place].at_ns = 0;
      return;
    }
    known[place].local = w->local;
    known[place].remote = w->remote;
    known[place].at_ns = at;
    ask_link(known[place].facts.interface, &known[place].link);
  }
  const struct route_facts *found = &known[place].facts;
  const struct link_facts *link = known[place].link.index ? &known[place].link : NULL;
  struct out *o = helper_message(h, "route");
  out_text(o, "id", w->id);
  out_decimal(o, "at", at);
  if (link) out_text(o, "interface", link->name);
  out_u64(o, "index", found->interface);
  /* The route's own, by its configuration or a path MTU that was reported; else the interface's. */
  if (found->mtu || link) out_u64(o, "mtu", found->mtu ? found->mtu : link->mtu);
  out_ip(o, "nextHop", &found->next_hop);
  out_ip(o, "source", &found->source);
  helper_send(h, &route);
}

static void say_interfaces(struct helper *h) {
  size_t count;
  uint64_t at = monotonic_ns();
  if (ask_links(h, now_links, &count) != 0) return;
  struct out *o = helper_message(h, "interfaces");
  out_decimal(o, "beginAt", begin_ns);
  out_decimal(o, "at", at);
  out_array(o, "list");
  for (size_t i = 0; i < count; i++) {
    const struct link_facts *was = link_of(begin, begin_count, now_links[i].index);
    out_object(o, NULL);
    out_text(o, "name", now_links[i].name);
    out_u64(o, "mtu", now_links[i].mtu);
    for (size_t c = 0; c < LINK_COUNTERS && was && was->counted && now_links[i].counted; c++)
      if (now_links[i].counters[c] >= was->counters[c])
        out_u64(o, link_counter_names[c], now_links[i].counters[c] - was->counters[c]);
    out_end_object(o);
  }
  out_end_array(o);
  helper_send(h, &route);
}

static bool command(struct helper *h, const char *cmd, const struct json *m) {
  if (strcmp(cmd, "counters") != 0) return false;
  if (json_is(json_member(m, "trigger"), "begin")) {
    begin_ns = monotonic_ns();
    ask_links(h, begin, &begin_count);
  } else {
    say_interfaces(h);
  }
  return false;
}

static int probe(struct helper *h) {
  asking = nl_open(NETLINK_ROUTE);
  if (asking < 0) return asking;
  begin_ns = monotonic_ns();
  int error = ask_links(h, begin, &begin_count);
  if (error) close(asking);
  return error;
}

static void end(struct helper *h) {
  (void)h;
  close(asking);
}

const struct feature route = {
    .name = "route",
    .tier = 0,
    .open = probe,
    .command = command,
    .watched = watched,
    .close = end,
};
