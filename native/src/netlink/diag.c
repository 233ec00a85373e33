/* inetDiag: what the kernel knows of each watched socket, asked by its two ends. No privilege is needed. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <unistd.h>

#include "decode.h"
#include "destroyed.h"
#include "core/helper.h"

#define MILLISECOND 1000000ull
/* A socket that is gone, and whose last figures did not come, is waited for that long. */
#define GONE_AFTER (2000 * MILLISECOND)
/* One that repeats the same is asked in every 4th interval only. */
#define QUIET_AFTER 3
#define QUIET_EVERY 4

static const struct feature *const self = &inet_diag;
static int asking = -1;
/* 0: no samples between. */
static uint64_t interval_ns = 1000 * MILLISECOND, due_ns;
static uint64_t modulus = 1;
static bool family_off[2];
static uint64_t asked, unchanged, finals, from_memory;

/* Beside each watch, at its place in the table. */
static struct {
  uint64_t said, gone_ns;
  uint64_t serial;
  uint32_t same, skipped;
} state_of[WATCHES_MAX];
static uint64_t serials;

static size_t place_of(const struct helper *h, const struct watch *w) {
  return (size_t)((const struct watch_entry *)(const void *)w - h->watches);
}

static void keep(void *context, const struct nl_message *m) {
  struct socket_facts *f = context;
  if (m->type != SOCK_DIAG_BY_FAMILY || !socket_decode(m->body, f)) f->local.family = 0;
}

static int ask(const struct watch *w, struct socket_facts *f) {
  struct {
    struct nlmsghdr head;
    struct inet_diag_req_v2 request;
  } q = {.head = {.nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
         .request = {.sdiag_family = (uint8_t)w->local.family,
                     .sdiag_protocol = (uint8_t)w->protocol,
                     .idiag_ext = 1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_CONG - 1) | 1 << (INET_DIAG_SKMEMINFO - 1),
                     .idiag_states = ~0u,
                     .id = {.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}}};
  /* udp_diag has always taken the two ends the other way round. */
  bool swap = w->protocol == IPPROTO_UDP;
  const struct address *from = swap ? &w->remote : &w->local, *to = swap ? &w->local : &w->remote;
  q.request.id.idiag_sport = htons(from->port);
  q.request.id.idiag_dport = htons(to->port);
  memcpy(q.request.id.idiag_src, from->ip, 16);
  memcpy(q.request.id.idiag_dst, to->ip, 16);
  *f = (struct socket_facts){0};
  asked++;
  int error = nl_ask(asking, &q, sizeof q, keep, f);
  return error ? error : f->local.family ? 0 : -EPROTO;
}

static uint64_t sum_of(const char *text, size_t length) {
  uint64_t sum = 14695981039346656037ull;
  for (size_t i = 0; i < length; i++) sum = (sum ^ (uint8_t)text[i]) * 1099511628211ull;
  return sum;
}

/* False: an interval's sample that says what the one before said, which is not sent. */
static bool say(struct helper *h, const struct watch *w, const struct socket_facts *f, uint64_t at, const char *trigger,
                bool final) {
  struct out *o = helper_message(h, "sample");
  out_text(o, "id", w->id);
  out_decimal(o, "at", at);
  out_text(o, "trigger", trigger);
  if (final) out_bool(o, "final", true);
  /* Whoever was not run for a while between question and answer must not say that it was then. */
  else out_u64(o, "tookNs", monotonic_ns() - at);
  size_t begin = o->length;
  out_object(o, "totals");
  socket_out(o, f, w->protocol == IPPROTO_TCP);
  out_end_object(o);
  uint64_t sum = sum_of(o->buffer + begin, o->length - begin);
  size_t i = place_of(h, w);
  bool same = sum == state_of[i].said;
  state_of[i].same = same ? state_of[i].same + 1 : 0;
  if (same && strcmp(trigger, "interval") == 0) {
    unchanged++;
    return false;
  }
  if (helper_send(h, self)) state_of[i].said = sum;
  return true;
}

static void say_final(struct helper *h, struct watch *w, const struct destroyed *d) {
  struct socket_facts f = {.state = 7, .info_length = d->info_length};
  memcpy(f.info, d->info, d->info_length);
  if (w->cookie == 0 && d->cookie != 0) watch_cookie(h, w, d->cookie, 0, (uid_t)-1);
  say(h, w, &f, d->at_ns, "close", true);
  finals++;
  watch_remove(h, w);
}

static void say_ended(struct helper *h, struct watch *w, uint64_t at) {
  struct out *o = helper_message(h, "ended");
  out_text(o, "id", w->id);
  out_decimal(o, "at", at);
  helper_send(h, self);
  watch_remove(h, w);
}

void diag_destroyed(struct helper *h, const struct destroyed *d) {
  const struct watch *w = watch_by_cookie(h, d->cookie);
  if (!w) {
    w = watch_by_ends(h, IPPROTO_TCP, &d->local, &d->remote);
    /* The same ends again, on another socket. */
    if (w && w->cookie != 0) w = NULL;
  }
  if (!w) return;
  /* Reset by its own program: the kernel has cleared it, ends and counters, before it reports. */
  if (d->remote.port == 0) say_ended(h, (struct watch *)w, d->at_ns);
  else say_final(h, (struct watch *)w, d);
}

static void say_watched(struct helper *h, const struct watch *w, uint64_t at, bool found) {
  struct out *o = helper_message(h, "watched");
  out_text(o, "id", w->id);
  out_decimal(o, "at", at);
  out_bool(o, "found", found);
  if (w->cookie) out_decimal(o, "cookie", w->cookie);
  if (w->inode) out_u64(o, "inode", w->inode);
  if (w->uid != (uid_t)-1) out_u64(o, "uid", w->uid);
  helper_send(h, self);
}

/* Those that are gone are waited for, however long the interval is. */
static void wake(struct helper *h, uint64_t now) {
  uint64_t at = interval_ns > 0 && due_ns < now + GONE_AFTER ? due_ns : now + GONE_AFTER;
  helper_wake(h, self, h->watch_count > 0 ? at : 0);
}

static void begin_interval(struct helper *h, uint64_t now) {
  due_ns = now + interval_ns;
  wake(h, now);
}

static bool has_ended(int error, const struct socket_facts *f) {
  /* TIME_WAIT: the socket itself is gone, only its ends are kept. */
  return error == -ENOENT || (error == 0 && f->state == 6);
}

static void refuse(struct helper *h, struct watch *w, int error, const char *reason) {
  struct out *o = helper_message(h, "failed");
  out_text(o, "cmd", "watch");
  out_text(o, "id", w->id);
  out_u64(o, "errno", (uint64_t)error);
  out_text(o, "reason", reason);
  helper_send(h, self);
  watch_remove(h, w);
}

static void watched(struct helper *h, const struct watch *given) {
  struct watch *w = (struct watch *)given;
  size_t i = place_of(h, w);
  memset(&state_of[i], 0, sizeof state_of[i]);
  state_of[i].serial = ++serials;
  if (family_off[w->local.family == AF_INET6]) return refuse(h, w, EAFNOSUPPORT, "this family is switched off");
  struct socket_facts f;
  uint64_t at = monotonic_ns();
  int error = ask(w, &f);
  /* What is there now may be another socket with the same ends, if the one that is meant has ended since its birth. */
  if (w->protocol == IPPROTO_TCP && (w->born_ns != 0 || has_ended(error, &f))) {
    /* The cookie does not help: a socket that ended before anybody asked for it got one only then. */
    const struct destroyed *d = destroyed_find(&w->local, &w->remote, w->born_ns, at);
    if (d) {
      from_memory++;
      watch_cookie(h, w, d->cookie, 0, (uid_t)-1);
      say_watched(h, w, at, true);
      return say_final(h, w, d);
    }
  }
  if (error || has_ended(error, &f)) {
    say_watched(h, w, at, false);
    state_of[i].gone_ns = at;
  } else if (helper_user(h) != 0 && f.uid != helper_user(h)) {
    return refuse(h, w, EPERM, "the socket belongs to another user");
  } else {
    watch_cookie(h, w, f.cookie, f.inode, f.uid);
    say_watched(h, w, at, true);
    say(h, w, &f, at, "connect", false);
  }
  if (h->watch_count == 1) begin_interval(h, at);
}

static void sample(struct helper *h, struct watch *w, const char *trigger) {
  size_t i = place_of(h, w);
  if (state_of[i].gone_ns) return;
  struct socket_facts f;
  uint64_t at = monotonic_ns();
  int error = ask(w, &f);
  bool other = !error && w->cookie != 0 && f.cookie != w->cookie;
  if (error || other || has_ended(error, &f)) state_of[i].gone_ns = at;
  else say(h, w, &f, at, trigger, false);
}

static void tick(struct helper *h, uint64_t now) {
  bool due = interval_ns > 0 && now >= due_ns;
  for (const struct watch *w = NULL, *next = watch_next(h, NULL); (w = next);) {
    next = watch_next(h, w);
    size_t i = place_of(h, w);
    if (state_of[i].gone_ns) {
      if (now - state_of[i].gone_ns < GONE_AFTER) continue;
      say_ended(h, (struct watch *)w, now);
    } else if (due && state_of[i].serial % modulus == 0) {
      if (state_of[i].same >= QUIET_AFTER && ++state_of[i].skipped % QUIET_EVERY != 0) continue;
      sample(h, (struct watch *)w, "interval");
    }
  }
  if (due) begin_interval(h, now);
  else wake(h, now);
}

static void configure(struct helper *h, const struct json *m) {
  uint64_t n;
  if (json_u64(json_member(m, "intervalMs"), &n) && n <= 3600000) interval_ns = n * MILLISECOND;
  if (json_u64(json_member(m, "modulus"), &n) && n > 0) modulus = n;
  const struct json *families = json_member(m, "families");
  if (families && families->type == JSON_ARRAY) {
    family_off[0] = family_off[1] = true;
    for (const struct json *f = families->first; f; f = f->next)
      if (json_u64(f, &n) && (n == 4 || n == 6)) family_off[n == 6] = false;
  }
  begin_interval(h, monotonic_ns());
}

static bool command(struct helper *h, const char *cmd, const struct json *m) {
  if (strcmp(cmd, "configure") == 0) return configure(h, m), true;
  if (strcmp(cmd, "sample") != 0) return false;
  char id[64], trigger[24] = "asked";
  json_text(json_member(m, "trigger"), trigger, sizeof trigger);
  const struct watch *w = json_text(json_member(m, "id"), id, sizeof id) ? watch_by_id(h, id) : NULL;
  /* A watch that has ended is no error: its final sample was sent. */
  if (w) sample(h, (struct watch *)w, trigger);
  return true;
}

static int probe(struct helper *h) {
  asking = nl_open(NETLINK_SOCK_DIAG);
  if (asking < 0) return asking;
  /* No such socket can be: a kernel that has inet_diag says that there is none. */
  struct watch nobody = {.protocol = IPPROTO_TCP, .local = {.family = AF_INET, .port = 1}, .remote = {.family = AF_INET}};
  struct socket_facts f;
  int error = ask(&nobody, &f);
  if (error == -ENOENT || error == 0) return 0;
  helper_reason(h, "the kernel does not answer inet_diag");
  close(asking);
  return error;
}

static void stats(struct helper *h, struct out *o) {
  (void)h;
  out_u64(o, "asked", asked);
  out_u64(o, "unchanged", unchanged);
  out_u64(o, "finals", finals);
  out_u64(o, "fromMemory", from_memory);
}

static void end(struct helper *h) {
  (void)h;
  close(asking);
}

const struct feature inet_diag = {
    .name = "inetDiag",
    .tier = 0,
    .open = probe,
    .tick = tick,
    .command = command,
    .watched = watched,
    .stats = stats,
    .close = end,
};
