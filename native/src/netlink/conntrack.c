/* Entries of connection tracking of watched connections, each as late as it can be had: with every change, and with its
   end. What comes of other connections is kept for a while, as they may be watched in a moment, and never reported. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_compat.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/feature.h"
#include "nft.h"
#include "owner.h"
#include "track_table.h"

#define MESSAGES_AT_ONCE 64
#define RECEIVE_BUFFER (4 << 20)
/* The last packets of a connection that ends are counted by then. */
#define COUNT_AFTER_NS 100000000ull
/* Reading a larger table would hold up the rest. */
#define TABLE_MAX 20000

static int events = -1, table = -1;
/* The table as text, which root alone can open; what is open can be read later too. */
static FILE *text;
static bool counting;

extern const struct feature conntrack;

/* ---- reporting ---- */

/* Settings of the kernel for this network namespace; false also when they cannot be read. */
static bool is_on(const char *name) {
  char path[80], value = '0';
  snprintf(path, sizeof path, "/proc/sys/net/netfilter/%s", name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  if (read(fd, &value, 1) != 1) value = '0';
  close(fd);
  return value != '0';
}

static void report(struct helper *h, struct entry *e, const char *when) {
  struct out *o = helper_message(h, "conntrack");
  out_text(o, "id", e->id);
  out_decimal(o, "at", monotonic_ns());
  out_text(o, "when", when);
  track_out(o, &e->track);
  if (!(e->track.have & TRACK_COUNTERS))
    out_text(o, "countersMissing", is_on("nf_conntrack_acct") ? "untilEnd" : "accountingOff");
  if (!(e->track.have & (TRACK_BEGIN | TRACK_END)))
    out_text(o, "timesMissing", is_on("nf_conntrack_timestamp") ? "untilEnd" : "timestampsOff");
  helper_send(h, &conntrack);
  e->reported = true;
}

/* Changes come without counters: they are in the table, and in the message of the end, which may come too late. */
static void count_later(struct helper *h, struct entry *e) {
  static const uint8_t last_ack = 6, time_wait = 7, closed = 8;
  uint8_t state = e->track.tcp_state;
  if (!text || (e->track.protocol == IPPROTO_TCP && state != last_ack && state != time_wait && state != closed)) return;
  e->uncounted = true;
  if (!counting) helper_wake(h, &conntrack, monotonic_ns() + COUNT_AFTER_NS);
  counting = true;
}

static uint64_t table_size(void) {
  char digits[24] = "";
  int fd = open("/proc/sys/net/netfilter/nf_conntrack_count", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return UINT64_MAX;
  bool ok = read(fd, digits, sizeof digits - 1) > 0;
  close(fd);
  return ok ? strtoull(digits, NULL, 10) : UINT64_MAX;
}

static void tick(struct helper *h, uint64_t now) {
  char line[1024];
  struct track t;
  (void)now;
  counting = false;
  if (!is_on("nf_conntrack_acct") || table_size() > TABLE_MAX) return;
  rewind(text);
  while (fgets(line, sizeof line, text)) {
    if (!track_line(line, &t) || !(t.have & TRACK_COUNTERS)) continue;
    struct entry *e = track_find(t.protocol, &t.from, &t.to, false);
    if (!e || !e->uncounted) continue;
    e->uncounted = false;
    memcpy(e->track.packets, t.packets, sizeof t.packets);
    memcpy(e->track.bytes, t.bytes, sizeof t.bytes);
    e->track.have |= TRACK_COUNTERS;
    report(h, e, "counted");
  }
}

static const struct watch *watch_of(struct helper *h, const struct track *t) {
  const struct watch *w = watch_by_ends(h, t->protocol, &t->from, &t->to);
  /* A connection that came in: the socket answers. */
  if (!w) w = watch_by_ends(h, t->protocol, &t->reply_from, &t->reply_to);
  return w && owner_lately(h, w->protocol, &w->local, &w->remote) == OWNER_USER ? w : NULL;
}

static struct entry *learn(struct helper *h, const struct track *t, bool begins) {
  struct entry *e = track_learn(t, begins);
  if (e->id[0] == 0) {
    const struct watch *w = watch_of(h, t);
    if (w) snprintf(e->id, sizeof e->id, "%s", w->id);
  }
  return e;
}

static void take(struct helper *h, const struct nl_message *m) {
  struct track t;
  if (m->type >> 8 != NFNL_SUBSYS_CTNETLINK || !track_decode(m->body, &t)) return;
  bool ends = (m->type & 255) == IPCTNL_MSG_CT_DELETE, begins = !ends && (m->flags & (NLM_F_CREATE | NLM_F_EXCL));
  struct entry *e = learn(h, &t, begins);
  if (e->id[0]) report(h, e, ends ? "end" : begins ? "begin" : "change");
  if (ends) return track_forget(e);
  if (e->id[0] && t.protocol == IPPROTO_TCP) count_later(h, e);
}

static void take_dumped(void *helper, const struct nl_message *m) {
  struct track t;
  if (track_decode(m->body, &t)) learn(helper, &t, false);
}

/* ---- the feature ---- */

static int dump(struct helper *h) {
  struct {
    struct nlmsghdr head;
    struct nfgenmsg family;
  } request = {{.nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
               {AF_UNSPEC, NFNETLINK_V0, 0}};
  int fd = nl_open(NETLINK_NETFILTER);
  if (fd < 0) return fd;
  int error = nl_ask(fd, &request, sizeof request, take_dumped, h);
  close(fd);
  return error == -EINTR ? 0 : error;
}

static int refused(struct helper *h, int error) {
  if (error == -EPERM || error == -EACCES) helper_reason(h, "noRights: needs cap_net_admin");
  else helper_reason(h, "notLoaded: the kernel has no connection tracking (nf_conntrack, nf_conntrack_netlink)");
  if (events >= 0) close(events);
  if (table >= 0) close(table);
  events = table = -1;
  return error;
}

static int open_conntrack(struct helper *h) {
  const struct sockaddr_nl groups = {.nl_family = AF_NETLINK, .nl_groups = NF_NETLINK_CONNTRACK_NEW |
                                     NF_NETLINK_CONNTRACK_UPDATE | NF_NETLINK_CONNTRACK_DESTROY};
  const int size = RECEIVE_BUFFER;
  events = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
  if (events < 0) return refused(h, -errno);
  if (setsockopt(events, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
    setsockopt(events, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (bind(events, (const struct sockaddr *)&groups, sizeof groups) < 0) return refused(h, -errno);
  if (helper_option(h, "enable-conntrack")) {
    table = nft_track();
    if (table < 0) {
      int error = table;
      refused(h, error);
      helper_reason(h, "the table `nettrace` cannot be made");
      return error;
    }
  }
  int error = dump(h);
  if (error) return refused(h, error);
  text = fopen("/proc/self/net/nf_conntrack", "re");
  return helper_poll(h, &conntrack, events);
}

static void ready(struct helper *h, int fd) {
  static uint8_t buffer[65536] __attribute__((aligned(8)));
  for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
    struct sockaddr_nl from;
    socklen_t size = sizeof from;
    ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size);
    if (n < 0 && errno == ENOBUFS) helper_lost(h, &conntrack, "kernel", 1);
    if (n < 0) return;
    if (from.nl_pid != 0) continue;
    struct span all = {buffer, (size_t)n};
    struct nl_message m;
    while (nl_next_message(&all, &m)) take(h, &m);
  }
}

static void watched(struct helper *h, const struct watch *w) {
  ready(h, events);
  struct entry *e = track_find(w->protocol, &w->local, &w->remote, false);
  if (!e) e = track_find(w->protocol, &w->local, &w->remote, true);
  if (!e || strcmp(e->id, w->id) == 0 || owner_lately(h, w->protocol, &w->local, &w->remote) != OWNER_USER) return;
  /* Both ends may be watched: the one that began it keeps the entry. */
  struct entry both = *e;
  snprintf(both.id, sizeof both.id, "%s", w->id);
  report(h, &both, "known");
  if (e->id[0] && watch_by_id(h, e->id) && !address_equal(&e->track.from, &w->local)) return;
  memcpy(e->id, both.id, sizeof e->id);
  e->reported = true;
}

static void unwatched(struct helper *h, const struct watch *w) {
  /* One that has ended before it could be watched is reported here alone. */
  watched(h, w);
  struct entry *e = track_find(w->protocol, &w->local, &w->remote, false);
  if (!e) e = track_find(w->protocol, &w->local, &w->remote, true);
  if (e && e->reported) return count_later(h, e);
  struct out *o = helper_message(h, "conntrack");
  out_text(o, "id", w->id);
  out_decimal(o, "at", monotonic_ns());
  out_text(o, "missing", "noEntry");
  helper_send(h, &conntrack);
}

static void stats(struct helper *h, struct out *o) {
  (void)h;
  out_bool(o, "accounting", is_on("nf_conntrack_acct"));
  out_bool(o, "timestamps", is_on("nf_conntrack_timestamp"));
  out_bool(o, "table", table >= 0);
}

static const char *const options[] = {"enable-conntrack", NULL};
const struct feature conntrack = {.name = "conntrack",
                                  .tier = 2,
                                  .options = options,
                                  .open = open_conntrack,
                                  .ready = ready,
                                  .tick = tick,
                                  .watched = watched,
                                  .unwatched = unwatched,
                                  .stats = stats};
