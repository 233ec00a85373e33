#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "helper.h"

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

/* ---- the loop ---- */

/* False: the other side is gone, or does not speak our protocol. */
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
  if (h->clock_ns <= now) say_clock(h);
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
