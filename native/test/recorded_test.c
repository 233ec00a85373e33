// with: netlink/decode.c netlink/netlink.c core/json.c core/out.c core/watch.c
/* Messages that a kernel sent: what is read from them; and the same as kernels with a shorter or longer struct tcp_info
   send them, cut anywhere, changed at random. */
#include "recorded.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>

#include "check.h"
#include "netlink/decode.h"

/* Of watch.c, what it asks of the loop: not reached from here. */
struct helper;
struct out *helper_message(struct helper *h, const char *type) { return (void)h, (void)type, NULL; }
bool helper_send(struct helper *h, const struct feature *f) { return (void)h, (void)f, false; }
uint64_t monotonic_ns(void) { return 0; }

#define HEAD 16
#define INFO_NOW 280

static char text[16384];
static struct socket_facts facts;

/* False: no message of a socket. What is said of it is in `text`. */
static bool read_socket(const uint8_t *bytes, size_t n, bool tcp) {
  uint8_t *copy = exactly(bytes, n);
  struct span all = {copy, n};
  struct nl_message m;
  struct out o;
  bool is = nl_next_message(&all, &m) && socket_decode(m.body, &facts);
  out_begin(&o, text, sizeof text - 1);
  out_object(&o, NULL);
  if (is) socket_out(&o, &facts, tcp);
  out_end_object(&o);
  CHECK(!o.full);
  text[o.length] = 0;
  free(copy);
  return is;
}

static bool says(const char *part) { return strstr(text, part) != NULL; }

/* The message with another length of struct tcp_info; what a newer kernel has behind is of no meaning here. */
static size_t with_info(const uint8_t *from, size_t n, size_t length, uint8_t *to) {
  size_t at = HEAD + sizeof(struct inet_diag_msg), put = at;
  memcpy(to, from, at);
  while (at + 4 <= n) {
    uint16_t size, type;
    memcpy(&size, from + at, 2);
    memcpy(&type, from + at + 2, 2);
    size_t whole = ((size_t)size + 3) & ~(size_t)3, keep = type == INET_DIAG_INFO ? length : size - 4u;
    uint16_t said = (uint16_t)(4 + keep);
    memset(to + put, 0xab, 4 + keep + 3);
    memcpy(to + put, &said, 2);
    memcpy(to + put + 2, &type, 2);
    memcpy(to + put + 4, from + at + 4, keep < size - 4u ? keep : size - 4u);
    put += ((size_t)said + 3) & ~(size_t)3;
    at += whole;
  }
  uint32_t all = (uint32_t)put;
  memcpy(to, &all, 4);
  return put;
}

/* 3,000 bytes there, 1,500 back. */
static void what_they_say(void) {
  char address[INET6_ADDRSTRLEN];
  CHECK(read_socket(answer4, sizeof answer4, true) && facts.info_length == INFO_NOW && facts.state == 1 && facts.cookie != 0);
  address_text(&facts.remote, address);
  CHECK(strcmp(address, "127.0.0.1") == 0 && facts.local.family == AF_INET && facts.local.port > 1024);
  CHECK(says("\"bytesSent\":3000") && says("\"bytesAcked\":3001") && says("\"bytesReceived\":1500") && says("\"congestionControl\":\"bbr\""));
  CHECK(says("\"retransmits\":0") && says("\"receiveQueueBytes\":0") && says("\"drops\":0") && says("\"dataSegmentsSent\":3"));
  CHECK(read_socket(answer6, sizeof answer6, true) && facts.local.family == AF_INET6 && says("\"bytesSent\":3000"));
  /* The last figures: no queues any more. */
  CHECK(read_socket(end4, sizeof end4, true) && facts.state == 7 && says("\"state\":\"close\"") && says("\"bytesReceived\":150"));
  CHECK(!says("\"memory\"") && !says("\"receiveQueueBytes\""));
  CHECK(read_socket(end6, sizeof end6, true) && facts.info_length == INFO_NOW && says("\"bytesSent\":3000"));
  CHECK(read_socket(datagrams, sizeof datagrams, false) && facts.info_length == 0 && says("\"drops\":0") && !says("\"rtt\""));
  struct span all = {way, sizeof way};
  struct nl_message m;
  struct route_facts route;
  CHECK(nl_next_message(&all, &m) && route_decode(m.body, &route) && route.interface == 1 && route.next_hop.family == 0);
  struct link_facts link;
  all = (struct span){loopback, sizeof loopback};
  CHECK(nl_next_message(&all, &m) && link_decode(m.body, &link) && strcmp(link.name, "lo") == 0 && link.mtu == 65536 && link.counted);
  CHECK(link.counters[0] == link.counters[1] && link.counters[0] > 0);
}

/* Lengths of struct tcp_info: Linux 2.6 to 3.14, 3.15, 4.1, 4.6, 4.9, 4.10, 4.18, 4.19, 5.4, 6.1, 6.2, 6.7, 6.18, a later one. */
static const struct {
  size_t length;
  const char *has, *has_not;
} kernels[] = {{104, "\"retransmits\":0", "\"bytesAcked\""},      {120, "\"retransmits\":0", "\"bytesAcked\""},
               {136, "\"bytesReceived\":150", "\"segmentsSent\""}, {148, "\"notSentBytes\":0", "\"minRtt\""},
               {168, "\"deliveryRate\":", "\"busyDuration\""},     {192, "\"busyDuration\":", "\"bytesSent\""},
               {200, "\"ecnMarks\":0", "\"bytesSent\""},           {224, "\"bytesSent\":3000", "\"sendWindow\""},
               {232, "\"sendWindow\":", "\"receiveWindow\""},      {240, "\"receiveWindow\":", "\"timeouts\""},
               {248, "\"timeouts\":0", "\"none\""},                {280, "\"timeouts\":0", "\"none\""},
               {400, "\"timeouts\":0", "\"none\""},                {700, "\"timeouts\":0", "\"none\""}};

static void of_other_kernels(void) {
  static char full[sizeof text];
  static uint8_t made[2048];
  const struct {
    const uint8_t *bytes;
    size_t n;
  } all[] = {{answer4, sizeof answer4}, {answer6, sizeof answer6}, {end4, sizeof end4}, {end6, sizeof end6}};
  for (size_t i = 0; i < 4; i++) {
    CHECK(read_socket(all[i].bytes, all[i].n, true));
    memcpy(full, text, sizeof text);
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
      CHECK(read_socket(made, with_info(all[i].bytes, all[i].n, kernels[k].length, made), true));
      CHECK(says(kernels[k].has) && !says(kernels[k].has_not));
      if (kernels[k].length >= INFO_NOW) CHECK(strcmp(text, full) == 0);
      /* Nothing is said otherwise than by the kernel that has it all. */
      for (char *rest, *part = strtok_r(text + 1, ",}", &rest); part; part = strtok_r(NULL, ",}", &rest)) CHECK(strstr(full, part));
    }
    /* Lengths that no kernel has. */
    for (size_t length = 0; length <= 600; length++) CHECK(read_socket(made, with_info(all[i].bytes, all[i].n, length, made), true));
    for (size_t n = 0; n < all[i].n; n++) CHECK(!read_socket(all[i].bytes, n, true));
  }
}

static void changed(void) {
  const struct {
    const uint8_t *bytes;
    size_t n;
  } all[] = {{answer4, sizeof answer4}, {answer6, sizeof answer6}, {end4, sizeof end4},
             {datagrams, sizeof datagrams}, {way, sizeof way}, {loopback, sizeof loopback}};
  uint8_t to[4096];
  struct nl_message m;
  struct route_facts route;
  struct link_facts link;
  for (int round = 0; round < 100000; round++) {
    size_t i = random32() % 6, n = mutated(all[i].bytes, all[i].n, to, sizeof to);
    uint8_t *copy = exactly(to, n);
    struct span rest = {copy, n};
    while (nl_next_message(&rest, &m)) {
      route_decode(m.body, &route);
      link_decode(m.body, &link);
    }
    free(copy);
    read_socket(to, n, true);
  }
}

int main(void) {
  what_they_say();
  of_other_kernels();
  changed();
  return 0;
}
