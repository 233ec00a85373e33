/* Words for what the kernel reports in numbers. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "bpf.h"
#include "reasons.h"

static struct reasons reasons;

bool bpf_reasons_load(void) { return reasons_load(&reasons, "/sys/kernel/btf/vmlinux"); }

void bpf_places(struct helper *h, const struct feature *f) {
  static size_t reported;
  reasons_scan(&reasons);
  for (; reported < reasons.known; reported++) {
    if (!reasons.places[reported].name[0]) continue;
    struct out *o = helper_message(h, "place");
    out_u64(o, "number", reported);
    out_text(o, "name", reasons.places[reported].name);
    helper_send(h, f);
  }
}

/* What closing a socket throws away with its last, empty segment is no loss. */
static bool is_noise(const struct nt_event *e) {
  const char *name = e->kind == NT_DROP && e->bytes == 0 ? reasons_name(&reasons, e->a) : NULL;
  return name && strcmp(name, "QUEUE_PURGE") == 0;
}

static const char *const tcp_states[] = {NULL,        "established", "syn-sent",   "syn-recv", "fin-wait-1",
                                         "fin-wait-2", "time-wait",   "close",      "close-wait", "last-ack",
                                         "listen",    "closing",     "new-syn-recv"};
static const char *const congestion_states[] = {"open", "disorder", "cwr", "recovery", "loss"};

#define WORD(list, n) ((n) < sizeof(list) / sizeof *(list) ? (list)[n] : NULL)

enum { CA_CWR = 2, CA_RECOVERY = 3, CA_LOSS = 4, LOSS_PROBE_TIMER = 5, LISTEN_STATE = 10 };

static void word(struct out *o, const char *key, const char *text) {
  if (text) out_text(o, key, text);
}

static const char *retransmit_kind(const struct nt_event *e) {
  if (e->a == CA_LOSS) return e->value ? "rto" : NULL;
  if (e->a == CA_RECOVERY) return "fast";
  return e->a <= CA_CWR && e->b == LOSS_PROBE_TIMER ? "tlp" : NULL;
}

static void out_errno(struct out *o, uint32_t number) {
  if (number == 0) return;
  out_u64(o, "errno", number);
  out_text(o, "error", strerror((int)number));
}

static void out_drop(struct out *o, const struct nt_event *e) {
  const char *name = reasons_name(&reasons, e->a);
  word(o, "reason", name);
  out_u64(o, "reasonNumber", e->a);
  out_u64(o, "bytes", e->bytes);
  if (e->b) out_text(o, "direction", e->b == NT_SENT ? "sent" : "received");
  int place = reasons_place(&reasons, e->value);
  if (place >= 0) out_u64(o, "placeNumber", (uint64_t)place);
}

static const char *kind_of(const struct nt_event *e) {
  static const char *const kinds[] = {[NT_STATE] = "state",
                                      [NT_RETRANSMIT] = "retransmit",
                                      [NT_DROP] = "drop",
                                      [NT_RESET_SENT] = "resetSent",
                                      [NT_RESET_RECEIVED] = "resetReceived",
                                      [NT_ERROR] = "error",
                                      [NT_CONGESTION] = "congestion",
                                      [NT_UDP_DROP] = "udpError",
                                      [NT_FIRST_BYTE] = "firstByte",
                                      [NT_DELAY] = "delay"};
  const char *reason = e->kind == NT_DROP && e->state == LISTEN_STATE ? reasons_name(&reasons, e->a) : NULL;
  if (reason && strcmp(reason, "TCP_LISTEN_OVERFLOW") == 0) return "listenOverflow";
  return WORD(kinds, e->kind);
}

void bpf_event_say(struct helper *h, const struct feature *f, const struct nt_event *e, const char *id, uint64_t since) {
  const char *kind = kind_of(e);
  if (is_noise(e)) return;
  if (!kind) return helper_lost(h, f, "broken", 1);
  struct out *o = helper_message(h, "event");
  out_text(o, "id", id);
  out_text(o, "kind", kind);
  out_decimal(o, "at", e->at);
  if (e->cookie) out_decimal(o, "cookie", e->cookie);
  if (e->netns) out_u64(o, "netns", e->netns);
  if (e->pid) out_u64(o, "pid", e->pid);
  if (e->protocol == IPPROTO_TCP && e->kind != NT_STATE) word(o, "tcpState", WORD(tcp_states, e->state));
  switch (e->kind) {
    case NT_STATE:
      word(o, "from", WORD(tcp_states, e->a));
      word(o, "to", WORD(tcp_states, e->b));
      if (since) out_u64(o, "durationNs", e->at - since);
      break;
    case NT_RETRANSMIT:
      word(o, "retransmitKind", retransmit_kind(e));
      word(o, "congestionState", WORD(congestion_states, e->a));
      out_u64(o, "total", e->c);
      out_u64(o, "bytes", e->bytes);
      break;
    case NT_DROP:
      out_drop(o, e);
      break;
    case NT_ERROR:
      out_errno(o, e->a ? e->a : e->b);
      out_bool(o, "soft", e->a == 0);
      break;
    case NT_UDP_DROP:
      out_errno(o, e->a);
      break;
    case NT_CONGESTION:
      word(o, "from", WORD(congestion_states, e->a));
      word(o, "to", WORD(congestion_states, e->b));
      break;
    case NT_FIRST_BYTE:
      out_decimal(o, "sentAt", e->value);
      out_u64(o, "durationNs", e->at - e->value);
      out_u64(o, "bytes", e->bytes);
      break;
    case NT_DELAY:
      out_decimal(o, "arrivedAt", e->value);
      out_u64(o, "durationNs", e->at - e->value);
      out_u64(o, "arrivals", e->a);
      out_u64(o, "bytes", e->bytes);
      break;
    default:
      break;
  }
  helper_send(h, f);
}
