/* What the helper says: messages, losses, itself. */
#include <stdio.h>
#include <string.h>
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

void out_lost(struct out *out, const struct opened *o) {
  out_object(out, "lost");
  out_u64(out, "unread", o->dropped);
  for (size_t i = 0; i < sizeof o->lost / sizeof o->lost[0]; i++)
    if (o->lost[i].what[0]) out_u64(out, o->lost[i].what, o->lost[i].count);
  out_end_object(out);
}

/* Counters since the start, not differences: one that is itself dropped takes nothing along. */
void say_losses(struct helper *h) {
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

void say_clock(struct helper *h) {
  h->clock_ns = monotonic_ns() + CLOCK_EVERY;
  out_clock(helper_message(h, "clock"));
  helper_send(h, NULL);
}
