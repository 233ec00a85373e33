// with: capture/packet.c capture/history.c capture/filter.c
/* What is read from packets, what the kernel's filter lets through, what is remembered: whole, cut and broken. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "capture/capture.h"
#include "check.h"

/* ---- packets ---- */

static size_t put_ip(uint8_t *to, int family, uint8_t protocol, uint8_t last_from, uint8_t last_to) {
  memset(to, 0, 40);
  if (family == AF_INET) {
    to[0] = 0x45;
    to[8] = 64;
    to[9] = protocol;
    memcpy(to + 12, (uint8_t[]){10, 0, 0, last_from, 10, 0, 0, last_to}, 8);
    return 20;
  }
  to[0] = 0x60;
  to[6] = protocol;
  to[8] = to[24] = 0xfd;
  to[23] = last_from;
  to[39] = last_to;
  return 40;
}

static size_t put_tcp(uint8_t *to, uint16_t from_port, uint16_t to_port) {
  memset(to, 0, 32);
  to[0] = (uint8_t)(from_port >> 8), to[1] = (uint8_t)from_port, to[2] = (uint8_t)(to_port >> 8), to[3] = (uint8_t)to_port;
  to[12] = 0x80;
  return 32;
}

static size_t put_ether(uint8_t *to, uint16_t type) {
  memset(to, 1, 12);
  to[12] = (uint8_t)(type >> 8);
  to[13] = (uint8_t)type;
  return 14;
}

static uint8_t bytes[512];

static void reads(void) {
  struct packet p;
  for (int six = 0; six < 2; six++) {
    size_t n = put_ether(bytes, six ? ETH_P_IPV6 : ETH_P_IP);
    n += put_ip(bytes + n, six ? AF_INET6 : AF_INET, 6, 1, 2);
    n += put_tcp(bytes + n, 40000, 443);
    size_t headers = n;
    n += 100;
    CHECK(packet_parse(bytes, n, LINK_ETHERNET, &p) && p.kind == PACKET_TCP && p.headers == headers);
    CHECK(p.from.port == 40000 && p.to.port == 443 && p.from.family == (six ? AF_INET6 : AF_INET) && p.to.ip[six ? 15 : 3] == 2);
    CHECK(packet_parse(bytes + 14, n - 14, LINK_IP, &p) && p.headers == headers - 14);
    /* The same packet on another interface, one hop farther. */
    uint32_t sum = p.sum;
    bytes[14 + (six ? 7 : 8)]--;
    CHECK(packet_parse(bytes + 14, n - 14, LINK_IP, &p) && p.sum == sum);
    bytes[n - 100]++;
    CHECK(packet_parse(bytes + 14, n - 14, LINK_IP, &p) && p.sum != sum);
  }
  /* A VLAN tag, a later fragment, a protocol that is not looked at. */
  size_t n = put_ether(bytes, ETH_P_8021Q);
  memcpy(bytes + n, (uint8_t[]){0, 5, 8, 0}, 4);
  size_t ip = n + 4;
  n = ip + put_ip(bytes + ip, AF_INET, 17, 1, 2) + 8;
  CHECK(packet_parse(bytes, n, LINK_ETHERNET, &p) && p.kind == PACKET_UDP);
  bytes[ip + 7] = 1;
  CHECK(!packet_parse(bytes, n, LINK_ETHERNET, &p));
  bytes[ip + 7] = 0;
  bytes[ip + 9] = 47;
  CHECK(!packet_parse(bytes, n, LINK_ETHERNET, &p));
}

static void reads_icmp_and_arp(void) {
  struct packet p;
  size_t n = put_ip(bytes, AF_INET, 1, 9, 1);
  memcpy(bytes + n, (uint8_t[]){3, 4, 0, 0, 0, 0, 4, 176}, 8);
  n += 8;
  n += put_ip(bytes + n, AF_INET, 6, 1, 2);
  put_tcp(bytes + n, 40000, 443);
  n += 8;
  CHECK(packet_parse(bytes, n, LINK_IP, &p) && p.kind == PACKET_ICMP && p.inner_protocol == 6);
  CHECK(p.inner_from.port == 40000 && p.inner_to.port == 443 && p.inner_from.ip[3] == 1 && p.inner_to.ip[3] == 2);
  bytes[20] = 8; /* an echo reports no packet */
  CHECK(packet_parse(bytes, n, LINK_IP, &p) && p.kind == PACKET_ICMP && p.inner_from.family == 0);
  n = put_ether(bytes, ETH_P_ARP);
  memset(bytes + n, 0, 28);
  memcpy(bytes + n, (uint8_t[]){0, 1, 8, 0, 6, 4}, 6);
  memcpy(bytes + n + 14, (uint8_t[]){10, 0, 0, 1}, 4);
  memcpy(bytes + n + 24, (uint8_t[]){10, 0, 0, 2}, 4);
  CHECK(packet_parse(bytes, n + 28, LINK_ETHERNET, &p) && p.kind == PACKET_ARP && p.from.ip[3] == 1 && p.to.ip[3] == 2);
  CHECK(!packet_parse(bytes, n + 27, LINK_ETHERNET, &p));
}

static void broken_packets(void) {
  uint8_t seed[4][200], to[512];
  size_t sizes[4];
  for (int i = 0; i < 4; i++) {
    size_t n = put_ether(seed[i], i & 1 ? ETH_P_IPV6 : ETH_P_IP);
    size_t ip = n;
    n += put_ip(seed[i] + n, i & 1 ? AF_INET6 : AF_INET, 6, 1, 2);
    if (i & 2) {
      seed[i][ip + (i & 1 ? 6 : 9)] = i & 1 ? 58 : 1;
      memcpy(seed[i] + n, (uint8_t[]){i & 1 ? 1 : 3, 0, 0, 0, 0, 0, 0, 0}, 8);
      n += 8;
      n += put_ip(seed[i] + n, i & 1 ? AF_INET6 : AF_INET, 6, 1, 2);
    }
    n += put_tcp(seed[i] + n, 1, 2);
    sizes[i] = n;
  }
  for (int round = 0; round < 100000; round++) {
    struct packet p;
    size_t i = random32() % 4, n = mutated(seed[i], sizes[i], to, sizeof to);
    uint8_t *copy = exactly(to, n);
    if (packet_parse(copy, n, random32() % 4 ? LINK_ETHERNET : LINK_IP, &p)) CHECK(p.kind != PACKET_OTHER);
    packet_icmp(copy, n, random32() % 2 ? IPPROTO_ICMP : IPPROTO_ICMPV6, &p);
    free(copy);
  }
}

/* ---- the filter ---- */

struct seen {
  uint32_t type, interface, protocol;
  const uint8_t *ip;
  size_t length;
};

static bool load(const struct seen *s, uint32_t offset, size_t size, uint32_t *to) {
  if (offset == (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)) return *to = s->type, true;
  if (offset == (uint32_t)(SKF_AD_OFF + SKF_AD_IFINDEX)) return *to = s->interface, true;
  if (offset == (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)) return *to = s->protocol, true;
  uint32_t at = offset - (uint32_t)SKF_NET_OFF;
  if (at + size > s->length) return false;
  *to = 0;
  for (size_t i = 0; i < size; i++) *to = *to << 8 | s->ip[at + i];
  return true;
}

/* As the kernel runs it: how much is kept, 0 nothing. */
static uint32_t run(const struct sock_filter *code, size_t count, const struct seen *s) {
  uint32_t a = 0, x = 0;
  for (size_t pc = 0; pc < count; pc++) {
    const struct sock_filter *c = &code[pc];
    switch (c->code) {
      case BPF_LD | BPF_ABS | BPF_W:
      case BPF_LD | BPF_ABS | BPF_H:
      case BPF_LD | BPF_ABS | BPF_B:
      case BPF_LD | BPF_IND | BPF_H:
        if (!load(s, c->k + (BPF_MODE(c->code) == BPF_IND ? x : 0), BPF_SIZE(c->code) == BPF_W ? 4 : BPF_SIZE(c->code) == BPF_H ? 2 : 1, &a))
          return 0;
        break;
      case BPF_LD | BPF_IMM: a = c->k; break;
      case BPF_MISC | BPF_TAX: x = a; break;
      case BPF_ALU | BPF_AND | BPF_K: a &= c->k; break;
      case BPF_ALU | BPF_LSH | BPF_K: a <<= c->k; break;
      case BPF_JMP | BPF_JEQ | BPF_K: pc += a == c->k ? c->jt : c->jf; break;
      case BPF_JMP | BPF_JSET | BPF_K: pc += a & c->k ? c->jt : c->jf; break;
      case BPF_RET | BPF_K: return c->k;
      default: CHECK(!"an instruction that is not known here");
    }
  }
  CHECK(!"runs over its end");
  return 0;
}

static void filters(void) {
  struct sock_filter code[FILTER_MAX];
  static const size_t port_counts[] = {0, 1, 5, PORTS_MAX};
  for (int options = 0; options < 8; options++)
    for (int listed = 0; listed < 3; listed++)
      for (size_t k = 0; k < 4; k++) {
        struct capture_filter f = {.icmp = options & 1, .arp = options & 2, .snaplen = 96, .loopback = 1};
        f.port_count = port_counts[k];
        for (size_t i = 0; i < f.port_count; i++) f.ports[i] = (uint16_t)(1000 + i);
        f.interface_count = listed == 2 ? INTERFACES_MAX : (size_t)listed;
        for (size_t i = 0; i < f.interface_count; i++) f.interfaces[i] = (uint32_t)(i + 1);
        size_t count = filter_build(&f, code);
        CHECK(count > 0);
        bool six = options & 4;
        uint8_t ip[100] = {0};
        static const uint8_t protocols[] = {6, 17, 1, 58, 47};
        for (size_t q = 0; q < sizeof protocols; q++)
          for (uint32_t interface = 1; interface < 19; interface += 16)
            for (int out = 0; out < 2; out++)
              for (int port = 999; port < 1001; port++) {
                size_t n = put_ip(ip, six ? AF_INET6 : AF_INET, protocols[q], 1, 2);
                n += put_tcp(ip + n, 7, (uint16_t)port);
                struct seen s = {out ? PACKET_OUTGOING : PACKET_HOST, interface, six ? ETH_P_IPV6 : ETH_P_IP, ip, n};
                bool twice = out && interface == 1, place = listed == 0 || interface <= f.interface_count;
                bool kind = protocols[q] == 6 || protocols[q] == 17 ? f.port_count == 0 || port == 1000
                                                                    : f.icmp && protocols[q] == (six ? 58 : 1);
                CHECK(run(code, count, &s) == (!twice && place && kind ? 96u : 0u));
              }
        struct seen arp = {PACKET_HOST, 1, ETH_P_ARP, ip, 28};
        CHECK(run(code, count, &arp) == (f.arp ? 96u : 0u));
        struct seen cut = {PACKET_HOST, 1, ETH_P_IP, ip, 3};
        CHECK(run(code, count, &cut) == 0);
      }
}

/* ---- the past ---- */

#define KEPT 4096
static uint32_t kept[KEPT];
static size_t kept_begin, kept_end, met;

static bool next(void *context, const struct past_packet *k, const uint8_t *content) {
  (void)context;
  uint32_t wanted = kept[(kept_begin + met++) % KEPT];
  CHECK(k->record.original == wanted);
  for (uint32_t i = 0; i < k->record.captured; i++) CHECK(content[i] == (uint8_t)(wanted + i));
  return false;
}

static void remembers(void) {
  struct past p;
  uint8_t content[3000];
  CHECK(past_open(&p, 64 << 10) == 0);
  for (uint32_t i = 1; i < 20000; i++) {
    uint32_t length = random32() % (random32() % 8 ? 200 : sizeof content);
    struct past_packet k = {.record = {.realtime_ns = i, .captured = length, .original = i}};
    for (uint32_t j = 0; j < length; j++) content[j] = (uint8_t)(i + j);
    past_add(&p, &k, content);
    kept[kept_end++ % KEPT] = i;
    if (random32() % 50 && i % 997) continue;
    /* Those that are there are the newest, in order, none missing. */
    kept_begin = kept_end - p.count;
    met = 0;
    uint32_t oldest = random32() % 4 ? 0 : i - random32() % 100;
    if (oldest > 0)
      while (kept_begin < kept_end && kept[kept_begin % KEPT] < oldest) kept_begin++;
    past_each(&p, oldest, next, NULL);
    CHECK(met == p.count && met == kept_end - kept_begin);
    CHECK(oldest > 0 || p.count > 8);
  }
  past_close(&p);
}

int main(void) {
  reads();
  reads_icmp_and_arp();
  broken_packets();
  filters();
  remembers();
  return 0;
}
