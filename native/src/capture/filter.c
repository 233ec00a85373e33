/* The filter runs in the kernel before a packet is copied. It knows hosts' ports at most: which socket a packet is of is
   known later, in the helper. */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <string.h>

#include "capture.h"

enum label { NEXT, ACCEPT, REJECT, IPV6, PORTS4, PORTS6, LABELS };
#define NET(n) ((uint32_t)SKF_NET_OFF + (n))
#define AD(n) ((uint32_t)(SKF_AD_OFF + (n)))

struct builder {
  struct sock_filter *code;
  size_t length, at[LABELS];
  bool full;
};

static void put(struct builder *b, uint16_t code, uint32_t k, enum label yes, enum label no) {
  if (b->length == FILTER_MAX) b->full = true;
  else b->code[b->length++] = (struct sock_filter){code, (uint8_t)yes, (uint8_t)no, k};
}

static void load(struct builder *b, uint16_t size, uint32_t k) { put(b, BPF_LD | BPF_ABS | size, k, NEXT, NEXT); }
static void is(struct builder *b, uint32_t value, enum label yes, enum label no) {
  put(b, BPF_JMP | BPF_JEQ | BPF_K, value, yes, no);
}
static void label(struct builder *b, enum label l) { b->at[l] = b->length; }

/* In X is how long the head of IP is; the port is in A. */
static void port(struct builder *b, const struct capture_filter *f) {
  for (size_t i = 0; i < f->port_count; i++) is(b, f->ports[i], ACCEPT, NEXT);
}

static void reject(struct builder *b) { put(b, BPF_JMP | BPF_JEQ | BPF_K, 0, REJECT, REJECT); }

static void ports(struct builder *b, const struct capture_filter *f, bool four) {
  label(b, four ? PORTS4 : PORTS6);
  if (f->port_count == 0) return put(b, BPF_JMP | BPF_JEQ | BPF_K, 0, ACCEPT, ACCEPT);
  if (four) {
    load(b, BPF_H, NET(6));
    put(b, BPF_JMP | BPF_JSET | BPF_K, 0x1fff, REJECT, NEXT);
    load(b, BPF_B, NET(0));
    put(b, BPF_ALU | BPF_AND | BPF_K, 15, NEXT, NEXT);
    put(b, BPF_ALU | BPF_LSH | BPF_K, 2, NEXT, NEXT);
  } else {
    put(b, BPF_LD | BPF_IMM, 40, NEXT, NEXT);
  }
  put(b, BPF_MISC | BPF_TAX, 0, NEXT, NEXT);
  put(b, BPF_LD | BPF_IND | BPF_H, NET(0), NEXT, NEXT);
  port(b, f);
  put(b, BPF_LD | BPF_IND | BPF_H, NET(2), NEXT, NEXT);
  port(b, f);
  reject(b);
}

static uint8_t distance(const struct builder *b, size_t from, uint8_t to) {
  return to == NEXT ? 0 : (uint8_t)(b->at[to] - from - 1);
}

size_t filter_build(const struct capture_filter *f, struct sock_filter *code) {
  struct builder b = {.code = code};
  /* Loopback shows each packet twice: as it goes out, and as it comes in. */
  load(&b, BPF_W, AD(SKF_AD_PKTTYPE));
  put(&b, BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, NEXT, NEXT);
  size_t outgoing = b.length - 1;
  load(&b, BPF_W, AD(SKF_AD_IFINDEX));
  is(&b, f->loopback, REJECT, NEXT);
  size_t behind = b.length;
  if (f->interface_count) {
    load(&b, BPF_W, AD(SKF_AD_IFINDEX));
    for (size_t i = 0; i < f->interface_count; i++) put(&b, BPF_JMP | BPF_JEQ | BPF_K, f->interfaces[i], NEXT, NEXT);
  }
  size_t listed = b.length;
  if (f->interface_count) reject(&b);
  size_t kinds = b.length;
  load(&b, BPF_W, AD(SKF_AD_PROTOCOL));
  is(&b, ETH_P_IPV6, IPV6, NEXT);
  if (f->arp) is(&b, ETH_P_ARP, ACCEPT, NEXT);
  is(&b, ETH_P_IP, NEXT, REJECT);
  load(&b, BPF_B, NET(9));
  if (f->icmp) is(&b, IPPROTO_ICMP, ACCEPT, NEXT);
  is(&b, IPPROTO_TCP, PORTS4, NEXT);
  is(&b, IPPROTO_UDP, PORTS4, REJECT);
  label(&b, IPV6);
  load(&b, BPF_B, NET(6));
  if (f->icmp) is(&b, IPPROTO_ICMPV6, ACCEPT, NEXT);
  is(&b, IPPROTO_TCP, PORTS6, NEXT);
  is(&b, IPPROTO_UDP, PORTS6, REJECT);
  ports(&b, f, true);
  ports(&b, f, false);
  label(&b, ACCEPT);
  put(&b, BPF_RET | BPF_K, f->snaplen, NEXT, NEXT);
  label(&b, REJECT);
  put(&b, BPF_RET | BPF_K, 0, NEXT, NEXT);
  if (b.full || b.length > 255) return 0;
  for (size_t i = 0; i < b.length; i++) {
    if (BPF_CLASS(code[i].code) != BPF_JMP) continue;
    code[i].jt = distance(&b, i, code[i].jt);
    code[i].jf = distance(&b, i, code[i].jf);
  }
  /* Not outgoing: its interface does not matter. On the list: on to what it is. */
  code[outgoing].jf = (uint8_t)(behind - outgoing - 1);
  for (size_t i = listed - f->interface_count; i < listed; i++) code[i].jt = (uint8_t)(kinds - i - 1);
  return b.length;
}
