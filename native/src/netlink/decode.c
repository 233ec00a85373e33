#include "decode.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

static void address_from(struct address *a, int family, const void *bytes, uint16_t port) {
  char text[INET6_ADDRSTRLEN];
  /* By way of the text, so that IPv4 in IPv6 is the same here and in what the host says. */
  if (!inet_ntop(family, bytes, text, sizeof text) || !address_parse(a, text, port)) *a = (struct address){0};
}

static void text_from(char *to, size_t size, struct span s) {
  size_t n = strnlen((const char *)s.at, s.length);
  if (n >= size) n = size - 1;
  memcpy(to, s.at, n);
  to[n] = 0;
}

bool socket_decode(struct span body, struct socket_facts *f) {
  struct inet_diag_msg m;
  if (body.length < sizeof m) return false;
  memcpy(&m, body.at, sizeof m);
  if (m.idiag_family != AF_INET && m.idiag_family != AF_INET6) return false;
  *f = (struct socket_facts){
      .cookie = m.id.idiag_cookie[0] | (uint64_t)m.id.idiag_cookie[1] << 32,
      .inode = m.idiag_inode,
      .uid = m.idiag_uid,
      .receive_queue = m.idiag_rqueue,
      .send_queue = m.idiag_wqueue,
      .state = m.idiag_state,
  };
  address_from(&f->local, m.idiag_family, m.id.idiag_src, ntohs(m.id.idiag_sport));
  address_from(&f->remote, m.idiag_family, m.id.idiag_dst, ntohs(m.id.idiag_dport));
  struct span rest = span_from(body, sizeof m);
  struct nl_attribute a;
  while (nl_next_attribute(&rest, &a)) {
    if (a.type == INET_DIAG_INFO) {
      f->info_length = (uint16_t)(a.body.length < INFO_MAX ? a.body.length : INFO_MAX);
      memcpy(f->info, a.body.at, f->info_length);
    } else if (a.type == INET_DIAG_CONG) {
      text_from(f->congestion, sizeof f->congestion, a.body);
    } else if (a.type == INET_DIAG_SKMEMINFO) {
      uint64_t n;
      for (f->memory_count = 0; f->memory_count < MEMORY_MAX; f->memory_count++) {
        if (!span_number(a.body, 4 * f->memory_count, 4, &n)) break;
        f->memory[f->memory_count] = (uint32_t)n;
      }
    }
  }
  return true;
}

/* Offsets in struct tcp_info: it only ever grew at its end, so they hold for every kernel that has the field. */
static const struct {
  const char *name;
  uint16_t offset, size;
  /* The kernel's word for "none". */
  uint64_t none;
} info_fields[] = {
    {"backoff", 4, 1, UINT64_MAX},
    {"retransmitTimeout", 8, 4, 0},
    {"mss", 16, 4, UINT64_MAX},
    {"unacked", 24, 4, UINT64_MAX},
    {"lost", 32, 4, UINT64_MAX},
    {"pathMtu", 60, 4, 0},
    {"rtt", 68, 4, 0},
    {"rttVariance", 72, 4, UINT64_MAX},
    {"slowStartThreshold", 76, 4, 0x7fffffff},
    {"congestionWindow", 80, 4, UINT64_MAX},
    {"receiveRtt", 92, 4, 0},
    {"retransmits", 100, 4, UINT64_MAX},
    {"bytesAcked", 120, 8, UINT64_MAX},
    {"bytesReceived", 128, 8, UINT64_MAX},
    {"segmentsSent", 136, 4, UINT64_MAX},
    {"segmentsReceived", 140, 4, UINT64_MAX},
    {"notSentBytes", 144, 4, UINT64_MAX},
    {"minRtt", 148, 4, 0xffffffff},
    {"dataSegmentsReceived", 152, 4, UINT64_MAX},
    {"dataSegmentsSent", 156, 4, UINT64_MAX},
    {"deliveryRate", 160, 8, 0},
    {"busyDuration", 168, 8, UINT64_MAX},
    {"rwndLimitedDuration", 176, 8, UINT64_MAX},
    {"sndbufLimitedDuration", 184, 8, UINT64_MAX},
    {"ecnMarks", 196, 4, UINT64_MAX},
    {"bytesSent", 200, 8, UINT64_MAX},
    {"bytesRetransmitted", 208, 8, UINT64_MAX},
    {"duplicateSacks", 216, 4, UINT64_MAX},
    {"reorderings", 220, 4, UINT64_MAX},
    {"outOfOrder", 224, 4, UINT64_MAX},
    {"sendWindow", 228, 4, UINT64_MAX},
    {"receiveWindow", 232, 4, UINT64_MAX},
    {"timeouts", 240, 2, UINT64_MAX},
};

void tcp_info_out(struct out *o, struct span info) {
  uint64_t value, rate = 0;
  for (size_t i = 0; i < sizeof info_fields / sizeof info_fields[0]; i++) {
    if (!span_number(info, info_fields[i].offset, info_fields[i].size, &value)) continue;
    if (value == info_fields[i].none) continue;
    /* A variance, and a smallest of none, say nothing. */
    uint64_t rtt = 0;
    if (info_fields[i].offset == 72 && (!span_number(info, 68, 4, &rtt) || rtt == 0)) continue;
    out_u64(o, info_fields[i].name, value);
    if (info_fields[i].offset == 160) rate = value;
  }
  /* One bit of byte 7; it is about the rate, so without one it says nothing. */
  if (rate != 0 && span_number(info, 7, 1, &value)) out_bool(o, "deliveryRateAppLimited", (value & 1) != 0);
}

static const char *const states[] = {NULL,        "established", "synSent",   "synReceived", "finWait1", "finWait2",
                                     "timeWait",  "close",       "closeWait", "lastAck",     "listen",   "closing",
                                     "synReceived"};
static const char *const memory_names[MEMORY_MAX] = {"receiveAllocated", "receiveBuffer", "sendAllocated",
                                                     "sendBuffer",       "forwardAllocated", "sendQueued",
                                                     "options",          "backlog",       "drops"};

void socket_out(struct out *o, const struct socket_facts *f, bool tcp) {
  if (tcp && f->state < sizeof states / sizeof states[0] && states[f->state]) out_text(o, "state", states[f->state]);
  if (f->info_length > 0) tcp_info_out(o, (struct span){f->info, f->info_length});
  if (f->congestion[0]) out_text(o, "congestionControl", f->congestion);
  if (f->memory_count == 0) return;
  /* Without the memory's attribute this is a socket that has ended, and its queues say nothing either. */
  out_u64(o, "receiveQueueBytes", f->receive_queue);
  out_u64(o, "sendQueueBytes", f->send_queue);
  out_object(o, "memory");
  for (size_t i = 0; i < f->memory_count; i++) out_u64(o, memory_names[i], f->memory[i]);
  out_end_object(o);
}

/* ---- routes and interfaces ---- */

static bool ip_from(struct address *a, int family, struct span s) {
  if (s.length != (family == AF_INET ? 4u : 16u)) return false;
  address_from(a, family, s.at, 0);
  return a->family != 0;
}

bool route_decode(struct span body, struct route_facts *f) {
  struct rtmsg m;
  *f = (struct route_facts){0};
  if (body.length < sizeof m) return false;
  memcpy(&m, body.at, sizeof m);
  if (m.rtm_family != AF_INET && m.rtm_family != AF_INET6) return false;
  struct span rest = span_from(body, sizeof m);
  struct nl_attribute a, metric;
  uint64_t n;
  while (nl_next_attribute(&rest, &a)) {
    if (a.type == RTA_OIF && span_number(a.body, 0, 4, &n)) f->interface = (uint32_t)n;
    else if (a.type == RTA_GATEWAY) ip_from(&f->next_hop, m.rtm_family, a.body);
    else if (a.type == RTA_PREFSRC) ip_from(&f->source, m.rtm_family, a.body);
    else if (a.type == RTA_VIA && span_number(a.body, 0, 2, &n)) ip_from(&f->next_hop, (int)n, span_from(a.body, 2));
    else if (a.type == RTA_METRICS)
      while (nl_next_attribute(&a.body, &metric))
        if (metric.type == RTAX_MTU && span_number(metric.body, 0, 4, &n)) f->mtu = (uint32_t)n;
  }
  return f->interface != 0;
}

const char *const link_counter_names[LINK_COUNTERS] = {
    "rxPackets", "txPackets",  "rxBytes",    "txBytes",        "rxErrors",    "txErrors",
    "rxDropped", "txDropped", "multicast", "collisions", "rxLengthErrors", "rxOverErrors"};

bool link_decode(struct span body, struct link_facts *f) {
  struct ifinfomsg m;
  *f = (struct link_facts){0};
  if (body.length < sizeof m) return false;
  memcpy(&m, body.at, sizeof m);
  f->index = (uint32_t)m.ifi_index;
  struct span rest = span_from(body, sizeof m);
  struct nl_attribute a;
  uint64_t n;
  while (nl_next_attribute(&rest, &a)) {
    if (a.type == IFLA_IFNAME) text_from(f->name, sizeof f->name, a.body);
    else if (a.type == IFLA_MTU && span_number(a.body, 0, 4, &n)) f->mtu = (uint32_t)n;
    else if (a.type == IFLA_STATS64) {
      f->counted = true;
      for (size_t i = 0; i < LINK_COUNTERS; i++)
        if (!span_number(a.body, 8 * i, 8, &f->counters[i])) f->counted = false;
    }
  }
  return f->index != 0 && f->name[0] != 0;
}
