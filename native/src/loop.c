#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "helper.h"
#include "version.h"

#define CLOCK_EVERY 10000000000ull

static uint64_t ns_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

uint64_t monotonic_ns(void) { return ns_of(CLOCK_MONOTONIC); }

struct opened *opened_of(struct helper *h, const struct feature *f) {
  for (size_t i = 0; i < h->feature_count; i++)
    if (h->features[i].feature == f) return &h->features[i];
  return NULL;
}

uid_t helper_user(const struct helper *h) { return h->user; }

const char *helper_option(const struct helper *h, const char *name) {
  for (size_t i = 0; i < h->option_count; i++)
    if (strcmp(h->options[i].name, name) == 0) return h->options[i].value;
  return NULL;
}

void helper_reason(struct helper *h, const char *format, ...) {
  if (!h->opening) return;
  va_list list;
  va_start(list, format);
  vsnprintf(h->opening->reason, sizeof h->opening->reason, format, list);
  va_end(list);
}

/* ---- waiting ---- */

int helper_poll(struct helper *h, const struct feature *f, int fd) {
  if (h->poll_count == POLLS_MAX) return -ENOSPC;
  h->polls[h->poll_count].fd = fd;
  h->polls[h->poll_count++].feature = f;
  return 0;
}

void helper_unpoll(struct helper *h, int fd) {
  for (size_t i = 0; i < h->poll_count; i++)
    if (h->polls[i].fd == fd) {
      h->polls[i] = h->polls[--h->poll_count];
      return;
    }
}

void helper_wake(struct helper *h, const struct feature *f, uint64_t at_ns) {
  struct opened *o = opened_of(h, f);
  if (o) o->wake_ns = at_ns;
}

/* ---- saying ---- */

struct out *helper_message(struct helper *h, const char *type) {
  out_begin(&h->message, h->message_buffer, sizeof h->message_buffer);
  out_object(&h->message, NULL);
  out_text(&h->message, "t", type);
  return &h->message;
}

static bool count_sent(struct helper *h, const struct feature *f, bool sent) {
  struct opened *o = f ? opened_of(h, f) : NULL;
  if (o && sent) o->sent++;
  if (o && !sent) {
    o->dropped++;
    o->lost_news = true;
  }
  return sent;
}

bool helper_send(struct helper *h, const struct feature *f) {
  out_end_object(&h->message);
  return count_sent(h, f, !h->message.full && frames_out_put(&h->output, FRAME_JSON, h->message.buffer, h->message.length));
}

bool helper_send_bytes(struct helper *h, const struct feature *f, const void *bytes, size_t length) {
  return count_sent(h, f, frames_out_put(&h->output, FRAME_PACKETS, bytes, length));
}

void helper_failed(struct helper *h, const struct feature *f, const char *cmd, const struct json *message, int error,
                   const char *reason) {
  char id[64];
  struct out *o = helper_message(h, "failed");
  out_text(o, "cmd", cmd);
  if (json_text(json_member(message, "id"), id, sizeof id)) out_text(o, "id", id);
  if (error) out_u64(o, "errno", (uint64_t)(error < 0 ? -error : error));
  out_text(o, "reason", reason);
  helper_send(h, f);
}

void helper_lost(struct helper *h, const struct feature *f, const char *what, uint64_t count) {
  struct opened *o = opened_of(h, f);
  if (!o || count == 0) return;
  const size_t most = sizeof o->lost / sizeof o->lost[0];
  size_t i = 0;
  while (i < most - 1 && o->lost[i].what[0] && strcmp(o->lost[i].what, what) != 0) i++;
  if (!o->lost[i].what[0]) snprintf(o->lost[i].what, sizeof o->lost[i].what, "%s", what);
  o->lost[i].count += count;
  o->lost_news = true;
}

static void out_lost(struct out *out, const struct opened *o) {
  out_object(out, "lost");
  out_u64(out, "unread", o->dropped);
  for (size_t i = 0; i < sizeof o->lost / sizeof o->lost[0]; i++)
    if (o->lost[i].what[0]) out_u64(out, o->lost[i].what, o->lost[i].count);
  out_end_object(out);
}

/* Counters since the start, not differences: one that is itself dropped takes nothing along. */
static void say_losses(struct helper *h) {
  for (size_t i = 0; i < h->feature_count; i++) {
    struct opened *o = &h->features[i];
    if (!o->lost_news) continue;
    struct out *out = helper_message(h, "lost");
    out_text(out, "feature", o->feature->name);
    out_decimal(out, "at", monotonic_ns());
    out_lost(out, o);
    out_end_object(&h->message);
    if (frames_out_put(&h->output, FRAME_JSON, h->message.buffer, h->message.length)) o->lost_news = false;
  }
}

static void out_clock(struct out *o) {
  /* Monotonic twice, round the others: half of the difference bounds the error of the triple. */
  uint64_t before = monotonic_ns(), boot = ns_of(CLOCK_BOOTTIME), real = ns_of(CLOCK_REALTIME), after = monotonic_ns();
  out_object(o, "clock");
  out_decimal(o, "monotonicNs", before + (after - before) / 2);
  out_decimal(o, "boottimeNs", boot);
  out_decimal(o, "realtimeNs", real);
  out_u64(o, "uncertaintyNs", (after - before + 1) / 2);
  out_end_object(o);
}

void say_hello(struct helper *h) {
  struct utsname kernel;
  uname(&kernel);
  struct out *o = helper_message(h, "hello");
  out_u64(o, "protocol", PROTOCOL);
  out_text(o, "version", HELPER_VERSION);
  out_u64(o, "pid", (uint64_t)getpid());
  out_u64(o, "uid", h->user);
  out_text(o, "kernel", kernel.release);
  out_text(o, "machine", kernel.machine);
  out_array(o, "features");
  for (size_t i = 0; i < h->feature_count; i++) {
    struct opened *f = &h->features[i];
    out_object(o, NULL);
    out_text(o, "name", f->feature->name);
    out_u64(o, "tier", (uint64_t)f->feature->tier);
    out_text(o, "state", f->available ? "available" : "unavailable");
    if (!f->available && f->error) {
      out_u64(o, "errno", (uint64_t)f->error);
      out_text(o, "error", strerror(f->error));
    }
    if (f->reason[0]) out_text(o, "reason", f->reason);
    out_end_object(o);
  }
  out_end_array(o);
  out_clock(o);
  helper_send(h, NULL);
  h->clock_ns = monotonic_ns() + CLOCK_EVERY;
}

/* ---- commands ---- */

static void say_clock(struct helper *h) {
  out_clock(helper_message(h, "clock"));
  helper_send(h, NULL);
}

static void take_watch(struct helper *h, const struct json *m) {
  struct watch w = {.protocol = IPPROTO_TCP, .uid = (uid_t)-1, .since_ns = monotonic_ns()};
  uint64_t pid = 0;
  const struct json *protocol = json_member(m, "protocol");
  if (json_is(protocol, "udp")) w.protocol = IPPROTO_UDP;
  else if (protocol && !json_is(protocol, "tcp")) return helper_failed(h, NULL, "watch", m, EPROTONOSUPPORT, "protocol");
  if (!json_text(json_member(m, "id"), w.id, sizeof w.id)) return helper_failed(h, NULL, "watch", NULL, EINVAL, "id");
  if (!address_json(&w.local, json_member(m, "local"))) return helper_failed(h, NULL, "watch", m, EINVAL, "local");
  const struct json *remote = json_member(m, "remote");
  /* A socket for datagrams may have none. */
  if (!remote && w.protocol == IPPROTO_UDP) w.remote.family = w.local.family;
  else if (!address_json(&w.remote, remote) || w.remote.family != w.local.family)
    return helper_failed(h, NULL, "watch", m, EINVAL, "remote");
  if (json_u64(json_member(m, "pid"), &pid) && pid <= INT32_MAX) w.pid = (pid_t)pid;
  json_u64(json_member(m, "bornNs"), &w.born_ns);
  if (watch_by_id(h, w.id)) return helper_failed(h, NULL, "watch", m, EEXIST, "this id is watched");
  struct watch *added = watch_add(h, &w);
  if (!added) return helper_failed(h, NULL, "watch", m, ENOSPC, "too many connections are watched");
  /* inetDiag may find that it has ended already, and take it away again. */
  for (size_t i = 0; i < h->feature_count && watch_by_id(h, w.id) == added; i++)
    if (h->features[i].available && h->features[i].feature->watched) h->features[i].feature->watched(h, added);
}

static void take_unwatch(struct helper *h, const struct json *m) {
  char id[64];
  const struct watch *w = json_text(json_member(m, "id"), id, sizeof id) ? watch_by_id(h, id) : NULL;
  /* What has ended by itself is not watched any more: no error. */
  if (w) watch_remove(h, (struct watch *)w);
}

static void take_stats(struct helper *h) {
  struct out *o = helper_message(h, "stats");
  out_decimal(o, "at", monotonic_ns());
  out_u64(o, "watched", h->watch_count);
  out_array(o, "features");
  for (size_t i = 0; i < h->feature_count; i++) {
    const struct opened *f = &h->features[i];
    if (!f->available) continue;
    out_object(o, NULL);
    out_text(o, "name", f->feature->name);
    out_u64(o, "sent", f->sent);
    out_lost(o, f);
    if (f->feature->stats) f->feature->stats(h, o);
    out_end_object(o);
  }
  out_end_array(o);
  helper_send(h, NULL);
}

void take_command(struct helper *h, const uint8_t *text, size_t length) {
  char cmd[32];
  const struct json *m = json_parse(&h->document, (const char *)text, length);
  if (!m || !json_text(json_member(m, "cmd"), cmd, sizeof cmd))
    return helper_failed(h, NULL, "", NULL, EINVAL, "not a command");
  if (strcmp(cmd, "watch") == 0) return take_watch(h, m);
  if (strcmp(cmd, "unwatch") == 0) return take_unwatch(h, m);
  if (strcmp(cmd, "stats") == 0) return take_stats(h);
  if (strcmp(cmd, "clock") == 0) return say_clock(h);
  bool configure = strcmp(cmd, "configure") == 0;
  bool taken = configure;
  for (size_t i = 0; i < h->feature_count; i++) {
    const struct opened *f = &h->features[i];
    if (!f->available || !f->feature->command || !f->feature->command(h, cmd, m)) continue;
    taken = true;
    if (!configure) break;
  }
  if (!taken) helper_failed(h, NULL, cmd, m, EOPNOTSUPP, "no feature that is open takes it");
}

/* ---- the loop ---- */

/* False: the other side is gone, or speaks no protocol of ours. */
static bool read_input(struct helper *h) {
  size_t room;
  uint8_t *to = frames_in_room(&h->input, &room);
  ssize_t n = read(h->in, to, room);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) return false;
  frames_in_add(&h->input, (size_t)n);
  for (;;) {
    uint8_t type;
    const uint8_t *payload;
    size_t length;
    int found = frames_in_next(&h->input, &type, &payload, &length);
    if (found < 0) fprintf(stderr, "nettrace-helper: broken frame\n");
    if (found < 0) return false;
    if (found == 0) return true;
    if (type == FRAME_JSON) take_command(h, payload, length);
    else helper_failed(h, NULL, "", NULL, EPROTO, "type of frame");
  }
}

static bool write_output(struct helper *h) {
  size_t length;
  while (h->output.used > 0) {
    const uint8_t *from = frames_out_peek(&h->output, &length);
    ssize_t n = write(h->out, from, length);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    frames_out_took(&h->output, (size_t)n);
  }
  return true;
}

static int until(uint64_t next, uint64_t now) {
  if (next == 0) return -1;
  if (next <= now) return 0;
  uint64_t ms = (next - now + 999999) / 1000000;
  return ms > 60000 ? 60000 : (int)ms;
}

static void tick(struct helper *h, uint64_t now) {
  if (h->clock_ns <= now) {
    h->clock_ns = now + CLOCK_EVERY;
    say_clock(h);
  }
  for (size_t i = 0; i < h->feature_count; i++) {
    struct opened *f = &h->features[i];
    if (!f->available || f->wake_ns == 0 || f->wake_ns > now) continue;
    f->wake_ns = 0;
    if (f->feature->tick) f->feature->tick(h, now);
  }
}

static uint64_t next_tick(const struct helper *h) {
  uint64_t next = h->clock_ns;
  for (size_t i = 0; i < h->feature_count; i++) {
    uint64_t wake = h->features[i].available ? h->features[i].wake_ns : 0;
    if (wake && wake < next) next = wake;
  }
  return next;
}

int run_loop(struct helper *h) {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  sigaddset(&stops, SIGHUP);
  sigprocmask(SIG_BLOCK, &stops, NULL);
  int stop = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
  if (stop < 0) return 1;
  int status = 0;
  while (!h->ending) {
    say_losses(h);
    if (!write_output(h)) break;
    /* What waits to be written: its slot is last, and there only when there is something. */
    struct pollfd p[POLLS_MAX + 3] = {{.fd = h->in, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
    const struct feature *owner[POLLS_MAX];
    nfds_t n = 2;
    size_t count = h->poll_count;
    for (size_t i = 0; i < count; i++) {
      owner[i] = h->polls[i].feature;
      p[n++] = (struct pollfd){.fd = h->polls[i].fd, .events = POLLIN};
    }
    if (h->output.used > 0) p[n++] = (struct pollfd){.fd = h->out, .events = POLLOUT};
    if (poll(p, n, until(next_tick(h), monotonic_ns())) < 0 && errno != EINTR) {
      status = 1;
      break;
    }
    if (p[1].revents) break;
    /* Events before commands: a connection's end may wait there, and its watch here. */
    for (size_t i = 0; i < count; i++)
      if (p[2 + i].revents) owner[i]->ready(h, p[2 + i].fd);
    if (p[0].revents && !read_input(h)) break;
    tick(h, monotonic_ns());
  }
  for (size_t i = h->feature_count; i-- > 0;)
    if (h->features[i].available && h->features[i].feature->close) h->features[i].feature->close(h);
  close(stop);
  return status;
}
