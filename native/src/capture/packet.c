#include "packet.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <string.h>

#define ETHERNET_HEAD 14
#define VLAN_HEAD 4
#define ICMP_HEAD 8
#define SUM_MAX 96

static uint16_t u16_at(const uint8_t *b) { return (uint16_t)(b[0] << 8 | b[1]); }

static void set(struct address *a, int family, const uint8_t *ip) {
  *a = (struct address){.family = family};
  memcpy(a->ip, ip, family == AF_INET ? 4 : 16);
}

static uint32_t sum_of(uint32_t sum, const uint8_t *b, size_t n) {
  for (size_t i = 0; i < n && i < SUM_MAX; i++) sum = (sum ^ b[i]) * 16777619u;
  return sum;
}

/* Ends and protocol of an IP packet, and how long its head is; 0: broken, or a later fragment. */
static size_t ip_head(const uint8_t *b, size_t n, struct address *from, struct address *to, int *protocol) {
  if (n >= 20 && b[0] >> 4 == 4) {
    size_t head = (size_t)(b[0] & 15) * 4;
    if (head < 20 || head > n || (u16_at(b + 6) & 0x1fff) != 0) return 0;
    set(from, AF_INET, b + 12);
    set(to, AF_INET, b + 16);
    *protocol = b[9];
    return head;
  }
  if (n < 40 || b[0] >> 4 != 6) return 0;
  set(from, AF_INET6, b + 8);
  set(to, AF_INET6, b + 24);
  size_t head = 40;
  *protocol = b[6];
  /* Hop-by-hop options, routing and destination options may be in between. */
  for (int i = 0; i < 4 && (*protocol == 0 || *protocol == 43 || *protocol == 60); i++) {
    if (head + 8 > n) return 0;
    *protocol = b[head];
    head += ((size_t)b[head + 1] + 1) * 8;
  }
  return head <= n ? head : 0;
}

static void inner_of(const uint8_t *b, size_t n, struct packet *p) {
  struct address from, to;
  int protocol;
  size_t head = ip_head(b, n, &from, &to, &protocol);
  if (head == 0 || head + 4 > n || (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)) return;
  from.port = u16_at(b + head);
  to.port = u16_at(b + head + 2);
  p->inner_protocol = protocol;
  p->inner_from = from;
  p->inner_to = to;
}

static bool is_icmp_error(int protocol, uint8_t type) {
  return protocol == IPPROTO_ICMP ? type == 3 || type == 4 || type == 11 || type == 12 : type < 128;
}

void packet_icmp(const uint8_t *b, size_t n, int protocol, struct packet *p) {
  p->kind = PACKET_ICMP;
  if (n > ICMP_HEAD && is_icmp_error(protocol, b[0])) inner_of(b + ICMP_HEAD, n - ICMP_HEAD, p);
}

static bool parse_ip(const uint8_t *b, size_t n, struct packet *p) {
  int protocol;
  size_t head = ip_head(b, n, &p->from, &p->to, &protocol);
  if (head == 0) return false;
  p->sum = p->from.family == AF_INET ? sum_of(sum_of(2166136261u, b + 2, 6), b + 12, n - 12) : sum_of(2166136261u, b + 8, n - 8);
  const uint8_t *at = b + head;
  size_t left = n - head;
  if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP) {
    if (left < 4) return false;
    p->kind = protocol == IPPROTO_TCP ? PACKET_TCP : PACKET_UDP;
    p->from.port = u16_at(at);
    p->to.port = u16_at(at + 2);
    if (protocol == IPPROTO_UDP) p->headers = head + 8;
    else if (left >= 14 && at[12] >> 4 >= 5) {
      p->headers = head + (size_t)(at[12] >> 4) * 4;
      p->sequence = (uint32_t)u16_at(at + 4) << 16 | u16_at(at + 6);
      p->flags = at[13];
      p->controls = (at[13] & 1u) + (at[13] >> 1 & 1u);
    }
    return true;
  }
  if (protocol != IPPROTO_ICMP && protocol != IPPROTO_ICMPV6) return false;
  packet_icmp(at, left, protocol, p);
  return true;
}

static bool parse_arp(const uint8_t *b, size_t n, struct packet *p) {
  if (n < 28 || u16_at(b + 2) != ETH_P_IP || b[4] != 6 || b[5] != 4) return false;
  p->kind = PACKET_ARP;
  p->sum = sum_of(2166136261u, b, 28);
  set(&p->from, AF_INET, b + 14);
  set(&p->to, AF_INET, b + 24);
  return true;
}

bool packet_parse(const uint8_t *b, size_t n, int link_type, struct packet *p) {
  *p = (struct packet){0};
  if (link_type == LINK_IP) return parse_ip(b, n, p);
  if (link_type != LINK_ETHERNET || n < ETHERNET_HEAD) return false;
  size_t head = ETHERNET_HEAD;
  uint16_t type = u16_at(b + 12);
  for (int i = 0; i < 2 && (type == ETH_P_8021Q || type == ETH_P_8021AD); i++, head += VLAN_HEAD) {
    if (n < head + VLAN_HEAD) return false;
    type = u16_at(b + head + 2);
  }
  if (type == ETH_P_ARP) return parse_arp(b + head, n - head, p);
  if ((type != ETH_P_IP && type != ETH_P_IPV6) || !parse_ip(b + head, n - head, p)) return false;
  if (p->headers) p->headers += head;
  return true;
}
