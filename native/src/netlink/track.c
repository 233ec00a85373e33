#include "track.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of netfilter are in network order. */
static uint64_t big(struct span s, size_t size) {
  uint64_t value = 0;
  if (s.length < size) return 0;
  for (size_t i = 0; i < size; i++) value = value << 8 | s.at[i];
  return value;
}

static bool take(struct track *t, unsigned flag, struct span s, size_t size, uint64_t *to) {
  if (s.length < size) return false;
  *to = big(s, size);
  t->have |= flag;
  return true;
}

static void set_ip(struct address *a, int family, size_t size, struct span s) {
  if (s.length < size) return;
  a->family = family;
  memcpy(a->ip, s.at, size);
}

static void ip_of(struct span s, struct address *from, struct address *to) {
  struct nl_attribute a;
  while (nl_next_attribute(&s, &a)) {
    if (a.type == CTA_IP_V4_SRC) set_ip(from, AF_INET, 4, a.body);
    else if (a.type == CTA_IP_V4_DST) set_ip(to, AF_INET, 4, a.body);
    else if (a.type == CTA_IP_V6_SRC) set_ip(from, AF_INET6, 16, a.body);
    else if (a.type == CTA_IP_V6_DST) set_ip(to, AF_INET6, 16, a.body);
  }
}

static int tuple_of(struct span s, struct address *from, struct address *to) {
  struct nl_attribute a, b;
  int protocol = 0;
  while (nl_next_attribute(&s, &a)) {
    if (a.type == CTA_TUPLE_IP) ip_of(a.body, from, to);
    if (a.type != CTA_TUPLE_PROTO) continue;
    while (nl_next_attribute(&a.body, &b)) {
      if (b.type == CTA_PROTO_NUM) protocol = (int)big(b.body, 1);
      else if (b.type == CTA_PROTO_SRC_PORT) from->port = (uint16_t)big(b.body, 2);
      else if (b.type == CTA_PROTO_DST_PORT) to->port = (uint16_t)big(b.body, 2);
    }
  }
  return protocol;
}

static void state_of(struct span s, struct track *t) {
  struct nl_attribute a, b;
  uint64_t state;
  while (nl_next_attribute(&s, &a)) {
    if (a.type != CTA_PROTOINFO_TCP) continue;
    while (nl_next_attribute(&a.body, &b))
      if (b.type == CTA_PROTOINFO_TCP_STATE && take(t, TRACK_TCP_STATE, b.body, 1, &state)) t->tcp_state = (uint8_t)state;
  }
}

static void counters_of(struct span s, struct track *t, int way) {
  struct nl_attribute a;
  while (nl_next_attribute(&s, &a)) {
    if (a.type == CTA_COUNTERS_PACKETS) take(t, TRACK_COUNTERS, a.body, 8, &t->packets[way]);
    else if (a.type == CTA_COUNTERS_BYTES) take(t, TRACK_COUNTERS, a.body, 8, &t->bytes[way]);
  }
}

static void times_of(struct span s, struct track *t) {
  struct nl_attribute a;
  while (nl_next_attribute(&s, &a)) {
    if (a.type == CTA_TIMESTAMP_START) take(t, TRACK_BEGIN, a.body, 8, &t->begin);
    else if (a.type == CTA_TIMESTAMP_STOP) take(t, TRACK_END, a.body, 8, &t->end);
  }
}

bool track_decode(struct span body, struct track *t) {
  struct nl_attribute a;
  struct span s = span_from(body, sizeof(struct nfgenmsg));
  uint64_t n;
  int reply = 0;
  *t = (struct track){0};
  while (nl_next_attribute(&s, &a)) {
    switch (a.type) {
      case CTA_TUPLE_ORIG:
        t->protocol = tuple_of(a.body, &t->from, &t->to);
        break;
      case CTA_TUPLE_REPLY:
        reply = tuple_of(a.body, &t->reply_from, &t->reply_to);
        break;
      case CTA_STATUS:
        if (take(t, TRACK_STATUS, a.body, 4, &n)) t->status = (uint32_t)n;
        break;
      case CTA_ID:
        if (take(t, TRACK_ID, a.body, 4, &n)) t->id = (uint32_t)n;
        break;
      case CTA_MARK:
        if (take(t, TRACK_MARK, a.body, 4, &n)) t->mark = (uint32_t)n;
        break;
      case CTA_ZONE:
        if (take(t, TRACK_ZONE, a.body, 2, &n)) t->zone = (uint16_t)n;
        break;
      case CTA_TIMEOUT:
        if (take(t, TRACK_TIMEOUT, a.body, 4, &n)) t->timeout = (uint32_t)n;
        break;
      case CTA_PROTOINFO:
        state_of(a.body, t);
        break;
      case CTA_COUNTERS_ORIG:
        counters_of(a.body, t, 0);
        break;
      case CTA_COUNTERS_REPLY:
        counters_of(a.body, t, 1);
        break;
      case CTA_TIMESTAMP:
        times_of(a.body, t);
        break;
    }
  }
  if (t->protocol != IPPROTO_TCP && t->protocol != IPPROTO_UDP) return false;
  return reply == t->protocol && t->from.family && t->to.family == t->from.family && t->reply_from.family &&
         t->reply_to.family == t->reply_from.family;
}

/* Which of the two directions a word is of, it says by coming first or second. */
static void line_word(struct track *t, const char *word, int *nth) {
  static const char *const names[] = {"src=", "dst=", "sport=", "dport=", "packets=", "bytes="};
  size_t i = 0;
  while (i < 6 && strncmp(word, names[i], strlen(names[i])) != 0) i++;
  if (i == 6 || nth[i] > 1) return;
  const char *value = word + strlen(names[i]);
  bool reply = nth[i]++ == 1;
  struct address *from = reply ? &t->reply_from : &t->from, *to = reply ? &t->reply_to : &t->to, a;
  if (i < 2) {
    if (!address_parse(&a, value, (i ? to : from)->port)) return;
    *(i ? to : from) = a;
  } else if (i < 4) {
    (i == 2 ? from : to)->port = (uint16_t)strtoul(value, NULL, 10);
  } else {
    (i == 4 ? t->packets : t->bytes)[reply] = strtoull(value, NULL, 10);
    t->have |= TRACK_COUNTERS;
  }
}

bool track_line(char *line, struct track *t) {
  char *rest = NULL;
  int nth[6] = {0}, place = 0;
  *t = (struct track){0};
  for (char *word = strtok_r(line, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest), place++) {
    if (place == 2) t->protocol = strcmp(word, "tcp") == 0 ? IPPROTO_TCP : strcmp(word, "udp") == 0 ? IPPROTO_UDP : 0;
    if (place > 2) line_word(t, word, nth);
  }
  return t->protocol != 0 && nth[0] == 2 && nth[1] == 2 && nth[2] == 2 && nth[3] == 2 && t->from.family && t->to.family &&
         t->reply_from.family && t->reply_to.family;
}

void track_merge(struct track *known, const struct track *later) {
  struct track t = *later;
  unsigned missing = known->have & ~later->have;
  if (missing & TRACK_STATUS) t.status = known->status;
  if (missing & TRACK_TCP_STATE) t.tcp_state = known->tcp_state;
  if (missing & TRACK_MARK) t.mark = known->mark;
  if (missing & TRACK_ID) t.id = known->id;
  if (missing & TRACK_ZONE) t.zone = known->zone;
  if (missing & TRACK_BEGIN) t.begin = known->begin;
  /* The time that is left is of that instant, counters and the end are of the last. */
  t.have |= missing & ~(unsigned)(TRACK_TIMEOUT | TRACK_COUNTERS | TRACK_END);
  *known = t;
}

static void out_ends(struct out *o, const char *key, const struct address *from, const struct address *to) {
  out_object(o, key);
  address_out(o, "source", from);
  address_out(o, "destination", to);
  out_end_object(o);
}

void track_out(struct out *o, const struct track *t) {
  static const char *const flags[] = {"expected",     "seen-reply",   "assured", "confirmed",     "src-nat",  "dst-nat",
                                      "seq-adjust",   "src-nat-done", "dst-nat-done", "dying", "fixed-timeout", "template",
                                      "untracked",    "helper",       "offload", "hw-offload"};
  static const char *const states[] = {"none",       "syn-sent", "syn-recv",  "established", "fin-wait",
                                       "close-wait", "last-ack", "time-wait", "close",       "syn-sent2"};
  out_text(o, "protocol", t->protocol == IPPROTO_TCP ? "tcp" : "udp");
  out_ends(o, "original", &t->from, &t->to);
  out_ends(o, "reply", &t->reply_from, &t->reply_to);
  if (t->have & TRACK_ID) out_u64(o, "conntrackId", t->id);
  if (t->have & TRACK_STATUS) {
    out_array(o, "status");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
      if (t->status >> i & 1) out_text(o, NULL, flags[i]);
    out_end_array(o);
  }
  if (t->have & TRACK_TCP_STATE && t->tcp_state < sizeof states / sizeof *states)
    out_text(o, "tcpState", states[t->tcp_state]);
  if (t->have & TRACK_MARK) out_u64(o, "mark", t->mark);
  if (t->have & TRACK_ZONE) out_u64(o, "zone", t->zone);
  if (t->have & TRACK_TIMEOUT) out_u64(o, "timeoutSeconds", t->timeout);
  if (t->have & TRACK_COUNTERS) {
    out_u64(o, "packetsSent", t->packets[0]);
    out_u64(o, "packetsReceived", t->packets[1]);
    out_u64(o, "bytesSent", t->bytes[0]);
    out_u64(o, "bytesReceived", t->bytes[1]);
  }
  if (t->have & TRACK_BEGIN) out_decimal(o, "beginRealtimeNs", t->begin);
  if (t->have & TRACK_END) out_decimal(o, "endRealtimeNs", t->end);
}
