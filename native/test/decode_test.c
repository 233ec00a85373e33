// with: netlink/decode.c netlink/netlink.c core/json.c core/out.c netlink/counters.c core/watch.c
/* struct tcp_info of several kernels' lengths, netlink messages whole and broken, /proc/net texts whole and broken. */
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

#include "check.h"
#include "netlink/counters.h"
#include "netlink/decode.h"

/* Of counters.c and watch.c, what they ask of the loop: not reached from the functions that are tested here. */
struct helper;
struct out *helper_message(struct helper *h, const char *type) { return (void)h, (void)type, NULL; }
bool helper_send(struct helper *h, const struct feature *f) { return (void)h, (void)f, false; }
uint64_t monotonic_ns(void) { return 0; }

static char text[65536];

static const char *info_text(const uint8_t *info, size_t length) {
  struct out o;
  uint8_t *copy = exactly(info, length);
  out_begin(&o, text, sizeof text - 1);
  out_object(&o, NULL);
  tcp_info_out(&o, (struct span){copy, length});
  out_end_object(&o);
  CHECK(!o.full);
  text[o.length] = 0;
  free(copy);
  return text;
}

static bool says(const char *part) { return strstr(text, part) != NULL; }

/* Lengths of struct tcp_info: Linux 2.6 to 3.14, 3.15, 4.1, 4.6, 4.9, 4.10, 4.18, 4.19, 5.4, 6.1, 6.2, 6.7, 6.18. */
static const size_t lengths[] = {104, 120, 136, 148, 168, 192, 200, 224, 232, 240, 248, 256, 280, 400};

static void lengths_of_kernels(void) {
  uint8_t info[400];
  for (size_t i = 0; i < sizeof info; i++) info[i] = (uint8_t)(i + 1);
  info[7] = 1;
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    size_t n = lengths[i];
    info_text(info, n);
    CHECK(says("\"rtt\":1212630597") && says("\"retransmits\":"));
    CHECK(says("\"bytesAcked\"") == (n >= 128));
    CHECK(says("\"segmentsReceived\"") == (n >= 144));
    CHECK(says("\"minRtt\"") == (n >= 152));
    CHECK(says("\"deliveryRate\"") == (n >= 168) && says("\"deliveryRateAppLimited\":true") == (n >= 168));
    CHECK(says("\"rwndLimitedDuration\"") == (n >= 184));
    CHECK(says("\"bytesSent\"") == (n >= 208));
    CHECK(says("\"sendWindow\"") == (n >= 232));
    CHECK(says("\"receiveWindow\"") == (n >= 236));
    CHECK(says("\"timeouts\"") == (n >= 242));
  }
  /* Any length at all, and each byte that may be last. */
  for (size_t n = 0; n <= sizeof info; n++) info_text(info, n);
  /* What the kernel says for "none". */
  memset(info, 0, sizeof info);
  memset(info + 148, 0xff, 4);
  memcpy(info + 76, &(uint32_t){0x7fffffff}, 4);
  info_text(info, 280);
  CHECK(!says("\"rtt\"") && !says("\"rttVariance\"") && !says("\"minRtt\"") && !says("\"slowStartThreshold\""));
  CHECK(!says("\"deliveryRate") && says("\"retransmits\":0"));
}

static uint8_t message[4096];

static size_t attribute(size_t at, uint16_t type, const void *bytes, uint16_t n) {
  uint16_t length = (uint16_t)(4 + n);
  memcpy(message + at, &length, 2);
  memcpy(message + at + 2, &type, 2);
  memcpy(message + at + 4, bytes, n);
  return at + (((size_t)length + 3) & ~(size_t)3);
}

static size_t headed(uint16_t type, size_t n) {
  struct nlmsghdr head = {.nlmsg_len = (uint32_t)n, .nlmsg_type = type, .nlmsg_seq = 1};
  memcpy(message, &head, sizeof head);
  return n;
}

static size_t diag_message(void) {
  memset(message, 0, sizeof message);
  struct inet_diag_msg m = {.idiag_family = AF_INET6, .idiag_state = 1, .idiag_uid = 1000, .idiag_inode = 77, .idiag_rqueue = 5};
  m.id.idiag_sport = htons(40000);
  m.id.idiag_dport = htons(443);
  inet_pton(AF_INET6, "::ffff:10.0.0.1", m.id.idiag_src);
  inet_pton(AF_INET6, "2001:db8::2", m.id.idiag_dst);
  m.id.idiag_cookie[0] = 2;
  m.id.idiag_cookie[1] = 1;
  memcpy(message + 16, &m, sizeof m);
  size_t at = 16 + sizeof m;
  uint8_t info[280] = {1};
  uint32_t memory[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  at = attribute(at, INET_DIAG_INFO, info, sizeof info);
  at = attribute(at, INET_DIAG_CONG, "cubic", 6);
  at = attribute(at, INET_DIAG_SKMEMINFO, memory, sizeof memory);
  return headed(SOCK_DIAG_BY_FAMILY, at);
}

static size_t route_message(void) {
  memset(message, 0, sizeof message);
  struct rtmsg m = {.rtm_family = AF_INET, .rtm_dst_len = 32};
  memcpy(message + 16, &m, sizeof m);
  uint8_t metrics[8], gateway[4] = {10, 0, 0, 254}, source[4] = {10, 0, 0, 1};
  memcpy(metrics, (uint16_t[]){8, RTAX_MTU}, 4);
  memcpy(metrics + 4, &(uint32_t){1400}, 4);
  size_t at = attribute(16 + sizeof m, RTA_OIF, &(uint32_t){3}, 4);
  at = attribute(at, RTA_GATEWAY, gateway, 4);
  at = attribute(at, RTA_PREFSRC, source, 4);
  at = attribute(at, RTA_METRICS, metrics, 8);
  return headed(RTM_NEWROUTE, at);
}

static size_t link_message(void) {
  memset(message, 0, sizeof message);
  struct ifinfomsg m = {.ifi_index = 3};
  memcpy(message + 16, &m, sizeof m);
  uint64_t counters[24];
  for (uint64_t i = 0; i < 24; i++) counters[i] = 100 + i;
  size_t at = attribute(16 + sizeof m, IFLA_IFNAME, "eth0", 5);
  at = attribute(at, IFLA_MTU, &(uint32_t){1500}, 4);
  at = attribute(at, IFLA_STATS64, counters, sizeof counters);
  return headed(RTM_NEWLINK, at);
}

static struct socket_facts socket_found;
static struct route_facts route_found;
static struct link_facts link_found;
static int found;

static void decode_all(const uint8_t *bytes, size_t n) {
  uint8_t *copy = exactly(bytes, n);
  struct span all = {copy, n};
  struct nl_message m;
  struct out o;
  found = 0;
  for (int i = 0; i < 100 && nl_next_message(&all, &m); i++) {
    if (socket_decode(m.body, &socket_found)) {
      out_begin(&o, text, sizeof text);
      out_object(&o, NULL);
      socket_out(&o, &socket_found, true);
      out_end_object(&o);
      CHECK(!o.full);
      found |= 1;
    }
    if (route_decode(m.body, &route_found)) found |= 2;
    if (link_decode(m.body, &link_found)) found |= 4;
  }
  free(copy);
}

static void whole_messages(void) {
  char address[INET6_ADDRSTRLEN];
  decode_all(message, diag_message());
  CHECK(found & 1);
  address_text(&socket_found.local, address);
  CHECK(strcmp(address, "10.0.0.1") == 0 && socket_found.local.port == 40000 && socket_found.remote.port == 443);
  CHECK(socket_found.cookie == (1ull << 32 | 2) && socket_found.uid == 1000 && socket_found.info_length == 280);
  CHECK(socket_found.memory_count == 9 && strcmp(socket_found.congestion, "cubic") == 0);
  CHECK(says("\"receiveQueueBytes\":5") && says("\"drops\":9"));
  decode_all(message, route_message());
  CHECK(found & 2 && route_found.interface == 3 && route_found.mtu == 1400);
  address_text(&route_found.next_hop, address);
  CHECK(strcmp(address, "10.0.0.254") == 0);
  decode_all(message, link_message());
  CHECK(found & 4 && strcmp(link_found.name, "eth0") == 0 && link_found.counted && link_found.counters[11] == 111);
}

static void random_messages(void) {
  static size_t (*const made[])(void) = {diag_message, route_message, link_message};
  uint8_t changed[sizeof message];
  for (int i = 0; i < 100000; i++) {
    size_t n = made[i % 3]();
    decode_all(changed, mutated(message, n, changed, sizeof changed));
  }
}

static void proc_texts(void) {
  static struct counters c;
  static const char snmp[] = "Ip: Forwarding InReceives\nIp: 1 42\nTcp: RetransSegs MaxConn\nTcp: 7 -1\nodd line\nUdp: A B\nUdp: 1\n";
  static const char snmp6[] = "Ip6InReceives                   \t9\nUdp6InErrors\t1\nbroken\n";
  c.count = 0;
  counters_pairs(&c, snmp, sizeof snmp - 1);
  counters_lines(&c, snmp6, sizeof snmp6 - 1);
  const uint64_t *v = counter_of(&c, "TcpRetransSegs", 99);
  CHECK(v && *v == 7 && !counter_of(&c, "TcpMaxConn", 0));
  v = counter_of(&c, "IpInReceives", 1);
  CHECK(v && *v == 42);
  v = counter_of(&c, "Ip6InReceives", 0);
  CHECK(v && *v == 9 && *counter_of(&c, "UdpA", 0) == 1 && !counter_of(&c, "UdpB", 0));
  uint8_t changed[1024];
  for (int i = 0; i < 20000; i++) {
    size_t n = mutated((const uint8_t *)snmp, sizeof snmp - 1, changed, sizeof changed);
    uint8_t *copy = exactly(changed, n);
    c.count = 0;
    counters_pairs(&c, (const char *)copy, n);
    counters_lines(&c, (const char *)copy, n);
    free(copy);
  }
}

int main(void) {
  lengths_of_kernels();
  whole_messages();
  random_messages();
  proc_texts();
  return 0;
}
