// with: capture/packet.c core/watch.c core/json.c core/out.c
/* Messages of ICMP as the kernel hands them over: of whom they are, in words; cut and broken ones. */
#include "capture/icmp.c"

#include <arpa/inet.h>

#include "check.h"
#include "core/helper.h"

static struct helper helper;
static struct out message;
static char text[4096];
static unsigned reported;
static enum owner owner = OWNER_USER;

struct out *helper_message(struct helper *h, const char *type) {
  (void)h;
  out_begin(&message, text, sizeof text - 1);
  out_object(&message, NULL);
  out_text(&message, "t", type);
  return &message;
}
bool helper_send(struct helper *h, const struct feature *f) {
  (void)h, (void)f;
  out_end_object(&message);
  CHECK(!message.full && message.depth == 0);
  text[message.length] = 0;
  reported++;
  return true;
}
uint64_t monotonic_ns(void) { return ns_of(CLOCK_MONOTONIC); }
void helper_reason(struct helper *h, const char *format, ...) { (void)h, (void)format; }
int helper_poll(struct helper *h, const struct feature *f, int fd) { return (void)h, (void)f, (void)fd, 0; }
enum owner owner_lately(const struct helper *h, int protocol, const struct address *local, const struct address *remote) {
  return (void)h, (void)protocol, (void)local, (void)remote, owner;
}

/* Too large for the way: of a packet 10.0.0.1:40000 → 10.0.0.2:443, said by 10.0.0.9, that may have 1200 bytes. */
static const uint8_t four[] = {0x45, 0, 0, 56, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 9, 10, 0, 0, 1, /* IP */
                               3, 4, 0, 0, 0, 0, 4, 176,                                          /* ICMP */
                               0x45, 0, 5, 220, 0, 0, 64, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 156, 64, 1, 187, 0, 0, 0, 1};
static uint8_t six[8 + 40 + 8] = {2, 0, 0, 0, 0, 0, 5, 0, 0x60, [8 + 6] = 17, [8 + 8] = 0xfd, [8 + 23] = 1, [8 + 24] = 0xfd, [8 + 39] = 2,
                                  [8 + 40] = 20, 233, 0, 53};

static void hand_over(int family, const uint8_t *bytes, size_t n) {
  struct sockaddr_in6 from = {.sin6_family = AF_INET6};
  struct msghdr head = {.msg_name = &from, .msg_namelen = sizeof from};
  from.sin6_addr.s6_addr[15] = 9;
  uint8_t *copy = exactly(bytes, n);
  take(&helper, family == AF_INET ? 100 : 101, copy, n, &head);
  free(copy);
}

static void watch(const char *id, int protocol, const char *local, uint16_t local_port, const char *remote, uint16_t remote_port) {
  struct watch w = {.protocol = protocol};
  snprintf(w.id, sizeof w.id, "%s", id);
  CHECK(address_parse(&w.local, local, local_port) && address_parse(&w.remote, remote, remote_port));
  CHECK(watch_add(&helper, &w));
}

static void of_whom(void) {
  hand_over(AF_INET, four, sizeof four);
  CHECK(reported == 0 && past_end == 1);
  watch("a", IPPROTO_TCP, "10.0.0.1", 40000, "10.0.0.2", 443);
  /* It came before the watch. */
  watched(&helper, watch_by_id(&helper, "a"));
  CHECK(reported == 1 && strstr(text, "\"icmp\":{\"version\":4,\"type\":3,\"code\":4,\"mtu\":1200,\"from\":\"10.0.0.9\"}"));
  watched(&helper, watch_by_id(&helper, "a"));
  CHECK(reported == 1);
  hand_over(AF_INET, four, sizeof four);
  CHECK(reported == 2 && strstr(text, "\"id\":\"a\""));
  owner = OWNER_OTHER;
  hand_over(AF_INET, four, sizeof four);
  owner = OWNER_UNKNOWN;
  hand_over(AF_INET, four, sizeof four);
  CHECK(reported == 2);
  owner = OWNER_USER;
  watch("b", IPPROTO_UDP, "::", 5354, "::", 0);
  hand_over(AF_INET6, six, sizeof six);
  CHECK(reported == 2);
  watch("c", IPPROTO_UDP, "::", 5353, "::", 0);
  hand_over(AF_INET6, six, sizeof six);
  CHECK(reported == 3 && strstr(text, "\"mtu\":1280,\"from\":\"::9\"") && strstr(text, "\"version\":6"));
}

static void broken(void) {
  uint8_t to[512];
  for (int round = 0; round < 100000; round++) {
    bool is_four = random32() % 2;
    size_t n = is_four ? mutated(four, sizeof four, to, sizeof to) : mutated(six, sizeof six, to, sizeof to);
    hand_over(is_four ? AF_INET : AF_INET6, to, n);
    if (round % 100 == 0) watched(&helper, watch_by_id(&helper, "a"));
  }
  CHECK(reported > 1000);
}

int main(void) {
  /* No descriptor: what is heard, the test says. */
  sockets[0] = 100;
  of_whom();
  broken();
  return 0;
}
