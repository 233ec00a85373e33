/* From events of sockets to watched connections. What is of no watched connection is kept for ten seconds, as a
   connection begins before the host can name it, and then forgotten: it never leaves the helper. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf.h"
#include "known.h"
#include "features.h"
#include "core/helper.h"
#include "netlink/owner.h"

#define SOURCES 12
#define HISTORY 4096
#define HISTORY_NS 10000000000ull
#define TICK_NS 20000000ull
#define FIGURES_EVERY 50
/* Of the kernel's states of TCP. */
#define CLOSE 7
/* A bound for one look at one ring, so that commands are answered. */
#define EVENTS_AT_ONCE 4096

struct source {
  const struct feature *feature;
  struct bpf_ring ring;
  struct bpf_written from;
  uint64_t reported, missed;
};

struct past {
  struct nt_event event;
  const struct feature *feature;
};

static struct source sources[SOURCES];
static size_t source_count, past_begin, past_count;
static struct past past[HISTORY];
/* Of sockets whose events made room for newer ones: who watches one of them later learns that they are lost. */
static struct pushed {
  uint64_t cookie;
  const struct feature *feature;
  uint64_t count;
} pushed[HISTORY];
static const struct feature *driver;
static uint32_t own_net;
static unsigned ticks;
/* Its events wait behind those of its past. */
static const struct watch *held;

static uint32_t net_of(pid_t pid) {
  char path[48];
  struct stat about;
  snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
  return pid > 0 && stat(path, &about) == 0 ? (uint32_t)about.st_ino : own_net;
}

static void ends_of(const struct nt_event *e, struct address *local, struct address *remote) {
  static const uint8_t mapped[12] = {[10] = 255, [11] = 255};
  bool four = e->family == AF_INET || (memcmp(e->local, mapped, 12) == 0 && memcmp(e->remote, mapped, 12) == 0);
  size_t skip = four && e->family != AF_INET ? 12 : 0, length = four ? 4 : 16;
  *local = (struct address){.family = four ? AF_INET : AF_INET6, .port = e->local_port};
  *remote = (struct address){.family = local->family, .port = e->remote_port};
  memcpy(local->ip, e->local + skip, length);
  memcpy(remote->ip, e->remote + skip, length);
}

static bool is_of(const struct nt_event *e, const struct watch *w, uint32_t net) {
  struct address local, remote;
  if (e->protocol != w->protocol || (e->netns != 0 && e->netns != net)) return false;
  ends_of(e, &local, &remote);
  return address_equal(&local, &w->local) && address_equal(&remote, &w->remote);
}

/* Events with a socket were asked in the kernel; a packet that knows none may be another user's. */
static bool is_users(const struct helper *h, const struct nt_event *e) {
  struct address local, remote;
  ends_of(e, &local, &remote);
  return owner_lately(h, e->protocol, &local, &remote) == OWNER_USER;
}

static const struct watch *watch_of(struct helper *h, const struct nt_event *e) {
  const struct watch *w = watch_by_cookie(h, e->cookie);
  if (w || e->local_port == 0) return w;
  struct address local, remote;
  ends_of(e, &local, &remote);
  w = watch_by_ends(h, e->protocol, &local, &remote);
  if (w && e->cookie == 0 && !is_users(h, e)) return NULL;
  if (!w || (e->cookie != 0 && w->cookie != 0)) return NULL;
  if (e->netns != 0 && e->netns != net_of(w->pid)) return NULL;
  if (e->cookie != 0) watch_cookie(h, (struct watch *)w, e->cookie, w->inode, w->uid);
  return w;
}

/* A listener of the user that the host knows one connection to. */
static const struct watch *watch_at_listener(struct helper *h, const struct nt_event *e) {
  if (e->kind != NT_DROP || e->remote_port != 0 || e->protocol != IPPROTO_TCP) return NULL;
  for (const struct watch *w = watch_next(h, NULL); w; w = watch_next(h, w))
    if (w->protocol == IPPROTO_TCP && w->remote.port == e->local_port) return w;
  return NULL;
}

static void say(struct helper *h, const struct feature *f, const struct nt_event *e, const char *id) {
  uint64_t since = 0;
  struct nt_event with = *e;
  if (e->cookie != 0) {
    struct known *k = known_of(e->cookie);
    if (e->kind == NT_STATE) {
      if (k->state == e->a && k->state_at != 0 && k->state_at < e->at) since = k->state_at;
      k->state = (uint8_t)e->b;
      k->state_at = e->at;
    }
    if (with.pid != 0) k->pid = with.pid;
    else if (e->kind == NT_STATE) with.pid = k->pid;
  }
  bpf_event_say(h, f, &with, id, since);
}

static struct pushed *pushed_at(uint64_t cookie, const struct feature *f) {
  return &pushed[((cookie ^ (uintptr_t)f) * 0x9E3779B97F4A7C15ull >> 40) % HISTORY];
}

static void push_out(const struct past *p) {
  struct pushed *to = pushed_at(p->event.cookie, p->feature);
  if (p->event.cookie == 0) return;
  if (to->cookie != p->event.cookie || to->feature != p->feature) *to = (struct pushed){p->event.cookie, p->feature, 0};
  to->count++;
}

static void count_pushed(struct helper *h, uint64_t cookie) {
  for (size_t i = 0; cookie != 0 && i < source_count; i++) {
    struct pushed *p = pushed_at(cookie, sources[i].feature);
    if (p->cookie != cookie || p->feature != sources[i].feature) continue;
    helper_lost(h, p->feature, "overflow", p->count);
    p->cookie = 0;
  }
}

static void remember(const struct feature *f, const struct nt_event *e) {
  if (past_count == HISTORY) push_out(&past[past_begin]);
  size_t at = (past_begin + past_count) % HISTORY;
  past[at] = (struct past){*e, f};
  if (past_count < HISTORY) past_count++;
  else past_begin = (past_begin + 1) % HISTORY;
}

static void forget(uint64_t now) {
  while (past_count > 0 && past[past_begin].event.at + HISTORY_NS < now) {
    past_begin = (past_begin + 1) % HISTORY;
    past_count--;
  }
}

struct taking {
  struct helper *helper;
  struct source *source;
};

/* Whose socket it is, at the event's own time. */
static void learn(const struct nt_event *e) {
  struct address local, remote;
  if (e->cookie == 0 || e->local_port == 0 || e->netns != own_net) return;
  if (e->kind == NT_CLOSED) return owner_closed(e->local_port, e->cookie, e->at);
  if (e->remote_port == 0) return;
  ends_of(e, &local, &remote);
  if (e->kind == NT_STATE && e->b == CLOSE) return owner_left(&local, &remote, e->cookie, e->at);
  owner_learn(e->protocol, &local, &remote, e->kind == NT_SOCKET && e->a != 0 ? OWNER_OTHER : OWNER_USER, e->cookie, e->at);
}

static void take(void *context, const void *record) {
  const struct taking *t = context;
  struct nt_event e;
  memcpy(&e, record, sizeof e);
  learn(&e);
  if (e.kind == NT_SOCKET || e.kind == NT_CLOSED) return;
  const struct watch *w = watch_of(t->helper, &e);
  if (!w) w = watch_at_listener(t->helper, &e);
  if (w && w == held) return remember(t->source->feature, &e);
  if (w) return say(t->helper, t->source->feature, &e, w->id);
  struct known *k = e.cookie ? known_find(e.cookie) : NULL;
  if (k && k->ended) return say(t->helper, t->source->feature, &e, k->id);
  remember(t->source->feature, &e);
}

/* False: events are left in a ring, as there are many, or one of them is being written. */
static bool read_rings(struct helper *h) {
  bool all = true;
  for (size_t i = 0; i < source_count; i++) {
    struct source *s = &sources[i];
    struct taking context = {h, s};
    uint64_t broken = 0;
    /* First: what is lost after it has its place behind what is read. */
    uint64_t lost = *s->from.lost;
    if (!bpf_ring_read(&s->ring, sizeof(struct nt_event), EVENTS_AT_ONCE, take, &context, &broken)) all = false;
    if (lost != s->reported && s->feature == &bpf_bytes) owner_missed();
    helper_lost(h, s->feature, "kernel", lost - s->reported);
    helper_lost(h, s->feature, "broken", broken);
    s->reported = lost;
  }
  return all;
}

bool bpf_read(struct helper *h) { return read_rings(h); }

static void count_misses(struct helper *h) {
  for (size_t i = 0; i < source_count; i++) {
    struct source *s = &sources[i];
    uint64_t missed = 0;
    for (size_t n = 0; n < s->from.program_count; n++) missed += bpf_misses(s->from.programs[n]);
    helper_lost(h, s->feature, "missed", missed - s->missed);
    s->missed = missed;
  }
}

/* ---- what features with programs share ---- */

int bpf_source(struct helper *h, const struct feature *f, const struct bpf_written *from) {
  if (source_count == SOURCES) return -ENOSPC;
  struct source *s = &sources[source_count];
  int error = bpf_ring_open(&s->ring, from->ring, from->size);
  if (error) return error;
  s->feature = f;
  s->from = *from;
  source_count++;
  if (driver) return 0;
  struct stat about;
  driver = f;
  if (stat("/proc/self/ns/net", &about) == 0) own_net = (uint32_t)about.st_ino;
  helper_wake(h, f, monotonic_ns() + TICK_NS);
  return 0;
}

void bpf_tick(struct helper *h, uint64_t now) {
  read_rings(h);
  forget(now);
  bpf_places(h, driver);
  if (++ticks % FIGURES_EVERY == 0) {
    count_misses(h);
    for (const struct watch *w = watch_next(h, NULL); w; w = watch_next(h, w)) say_figures(h, w);
  }
  helper_wake(h, driver, monotonic_ns() + TICK_NS);
}

/* Each of the features is notified of each watch, one after the other; what they share is done once. */
static bool is_first(const struct watch *w, bool ends) {
  static const struct watch *last;
  static uint64_t since, cookie;
  static bool last_ends;
  bool same = last == w && since == w->since_ns && cookie == w->cookie && last_ends == ends;
  last = w;
  since = w->since_ns;
  cookie = w->cookie;
  last_ends = ends;
  return !same;
}

static void look_back(struct helper *h, const struct watch *w) {
  held = w;
  read_rings(h);
  held = NULL;
  uint32_t net = net_of(w->pid);
  for (size_t i = past_count; i-- > 0 && w->cookie == 0;) {
    const struct nt_event *e = &past[(past_begin + i) % HISTORY].event;
    if (e->cookie != 0 && is_of(e, w, net)) watch_cookie(h, (struct watch *)w, e->cookie, w->inode, w->uid);
  }
  count_pushed(h, w->cookie);
  size_t kept = 0;
  for (size_t i = 0; i < past_count; i++) {
    struct past *p = &past[(past_begin + i) % HISTORY];
    bool own = p->event.cookie != 0 ? p->event.cookie == w->cookie : is_of(&p->event, w, net) && is_users(h, &p->event);
    if (own || watch_at_listener(h, &p->event) == w) {
      say(h, p->feature, &p->event, w->id);
      continue;
    }
    if (kept != i) past[(past_begin + kept) % HISTORY] = *p;
    kept++;
  }
  past_count = kept;
}

void bpf_watched(struct helper *h, const struct watch *w) {
  if (!is_first(w, false)) return;
  look_back(h, w);
  /* Its cookie may have been found: no reason to do it again. */
  is_first(w, false);
}

void bpf_unwatched(struct helper *h, const struct watch *w) {
  if (!is_first(w, true)) return;
  /* One that has ended before it could be watched is reported here alone. */
  look_back(h, w);
  is_first(w, true);
  say_figures(h, w);
  if (w->cookie == 0) return;
  struct known *k = known_of(w->cookie);
  snprintf(k->id, sizeof k->id, "%s", w->id);
  k->ended = monotonic_ns();
}
