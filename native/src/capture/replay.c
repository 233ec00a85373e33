/* Packets that came before it was known whose they are. */
#include <arpa/inet.h>
#include <errno.h>
#include <time.h>

#include "internal.h"

#define TCP_SYN 2
#define TCP_RST 4

struct sending {
  struct helper *helper;
  /* NULL: all that was asked for. */
  const struct watch *watch;
};

static bool send_past(void *context, const struct past_packet *k, const uint8_t *bytes) {
  const struct sending *s = context;
  struct record r = k->record;
  /* Cheap first: whose it is may have to be asked. */
  if (s->watch && !is_between(&k->packet, &s->watch->local, &s->watch->remote)) return false;
  if (judge(s->helper, k, &r.direction) != SEND) return false;
  deliver(s->helper, &r, bytes);
  return true;
}

/* Attempts that were refused or not answered: the program never learns its own port, so that nobody can watch them. */
static bool send_failed(void *context, const struct past_packet *k, const uint8_t *bytes) {
  const struct sending *s = context;
  const struct packet *p = &k->packet;
  if (p->kind != PACKET_TCP || k->record.original != p->headers || !(p->flags & (TCP_SYN | TCP_RST))) return false;
  for (size_t i = 0; i < capturing.failed_count; i++) {
    const struct failed *f = &capturing.failed[i];
    bool out = address_equal(&f->remote, &p->to);
    if ((!out && !address_equal(&f->remote, &p->from)) || k->record.realtime_ns < f->from_ns || k->record.realtime_ns > f->to_ns)
      continue;
    const struct address *local = out ? &p->from : &p->to;
    if (owner_of(s->helper, IPPROTO_TCP, local, &f->remote, k->at_ns) != OWNER_USER) continue;
    struct record r = k->record;
    r.direction = out;
    deliver(s->helper, &r, bytes);
    return true;
  }
  return false;
}

void look_for_failed(struct helper *h) {
  past_each(&capturing.past, 0, send_failed, &(struct sending){h, NULL});
  capturing.failed_count = 0;
  flush(h);
}

void take_failed(struct helper *h, const struct json *m) {
  struct failed f;
  if (!capturing.on || capturing.failed_count == FAILED_MAX) return helper_failed(h, &capture, "captureFailed", m, EBUSY, "not now");
  if (!address_json(&f.remote, json_member(m, "remote")) || !json_u64(json_member(m, "fromRealtimeNs"), &f.from_ns) ||
      !json_u64(json_member(m, "toRealtimeNs"), &f.to_ns))
    return helper_failed(h, &capture, "captureFailed", m, EINVAL, "remote, fromRealtimeNs, toRealtimeNs");
  capturing.failed[capturing.failed_count++] = f;
  /* Its packets may be in the block that is being filled, and their owner may become known in a moment. */
  capturing.unanswered = true;
  helper_wake(h, &capture, monotonic_ns() + QUESTION_NS);
}

void look_back(struct helper *h, const struct watch *w) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t at = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
  past_each(&capturing.past, at - PAST_NS, send_past, &(struct sending){h, w});
  flush(h);
}
