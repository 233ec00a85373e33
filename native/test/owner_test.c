// with: netlink/owner.c netlink/lives.c core/watch.c core/json.c core/out.c
/* Whose ends were at an instant: nothing is claimed of a time that nothing was shown of. */
#include <netinet/in.h>

#include "check.h"
#include "core/helper.h"
#include "netlink/owner.h"

static uint64_t now, asked;
static struct helper helper = {.user = 1000};
static struct address us, them;
/* What sock_diag finds now. */
static enum owner living = OWNER_UNKNOWN;
static uint64_t living_cookie;

uid_t helper_user(const struct helper *h) { return h->user; }
uint64_t monotonic_ns(void) { return now; }
enum owner owner_ask(const struct helper *h, int protocol, const struct address *local, const struct address *remote, uint64_t *cookie) {
  (void)h, (void)protocol, (void)local, (void)remote;
  asked++;
  *cookie = living_cookie;
  return living;
}

static void ends(uint16_t port) {
  CHECK(address_parse(&us, "10.0.0.1", port) && address_parse(&them, "10.0.0.2", 53));
  living = OWNER_UNKNOWN;
  now += 1000;
}
static enum owner at(int protocol, uint64_t when) { return owner_of(&helper, protocol, &us, &them, when); }
static void socket_of(int protocol, enum owner owner, uint64_t cookie, uint64_t when) {
  owner_learn(protocol, &us, &them, owner, cookie, when);
}

static void asked_alone(void) {
  /* The same socket before and after: between, it was there. */
  ends(1);
  uint64_t first = now;
  living = OWNER_USER, living_cookie = 1;
  CHECK(at(IPPROTO_UDP, first - 10) == OWNER_UNKNOWN);
  now += 100;
  CHECK(at(IPPROTO_UDP, first + 50) == OWNER_USER && at(IPPROTO_UDP, first - 10) == OWNER_UNKNOWN);
  /* Gone, and another's or another of the user's: not the time between. */
  uint64_t last = now;
  now += 100;
  living = OWNER_UNKNOWN;
  CHECK(at(IPPROTO_UDP, last + 50) == OWNER_UNKNOWN);
  living = OWNER_USER, living_cookie = 2;
  CHECK(at(IPPROTO_UDP, last + 50) == OWNER_UNKNOWN);
  now += 100;
  CHECK(at(IPPROTO_UDP, last + 50) == OWNER_UNKNOWN && at(IPPROTO_UDP, last + 150) == OWNER_USER);
}

static void told(void) {
  owner_told();
  ends(2);
  uint64_t t = now += 1000;
  socket_of(IPPROTO_UDP, OWNER_USER, 1, t);
  owner_closed(us.port, 1, t + 10);
  socket_of(IPPROTO_UDP, OWNER_OTHER, 2, t + 20);
  socket_of(IPPROTO_UDP, OWNER_USER, 3, t + 30);
  now = t + 100;
  static const enum owner expected[] = {OWNER_OTHER, OWNER_USER, OWNER_OTHER, OWNER_OTHER, OWNER_USER};
  for (int i = 0; i < 5; i++) CHECK(at(IPPROTO_UDP, t - 5 + (uint64_t)i * 10) == expected[i]);
  /* Closed, and who has it next is not known. */
  ends(3);
  socket_of(IPPROTO_UDP, OWNER_USER, 4, t);
  owner_closed(us.port, 4, t + 10);
  CHECK(at(IPPROTO_UDP, t - 5) == OWNER_UNKNOWN && at(IPPROTO_UDP, t + 5) == OWNER_USER && at(IPPROTO_UDP, t + 15) == OWNER_UNKNOWN);
  /* Events of other rings come later, of an earlier time. */
  ends(4);
  socket_of(IPPROTO_UDP, OWNER_OTHER, 6, t + 20);
  socket_of(IPPROTO_UDP, OWNER_USER, 5, t);
  CHECK(at(IPPROTO_UDP, t + 10) == OWNER_USER && at(IPPROTO_UDP, t + 25) == OWNER_OTHER);
  /* An event was lost: it may have been the end. */
  ends(5);
  socket_of(IPPROTO_UDP, OWNER_USER, 7, t);
  CHECK(at(IPPROTO_UDP, t + 10) == OWNER_USER);
  owner_missed();
  CHECK(at(IPPROTO_UDP, t + 10) == OWNER_UNKNOWN);
}

static void connections(void) {
  ends(6);
  uint64_t t = now += 10000;
  /* The user's, with its states reported; then another's with the same ends. */
  socket_of(IPPROTO_TCP, OWNER_USER, 1, t);
  life_begin(&us, &them, 100, t + 1);
  socket_of(IPPROTO_TCP, OWNER_USER, 1, t + 5);
  owner_left(&us, &them, 1, t + 20);
  now = t + 1000;
  /* Its last acknowledgement, from TIME_WAIT; a SYN that is sent again begins nothing. */
  life_begin(&us, &them, 100, t + 24);
  CHECK(at(IPPROTO_TCP, t + 1) == OWNER_USER && at(IPPROTO_TCP, t + 25) == OWNER_USER && at(IPPROTO_TCP, t - 5) == OWNER_UNKNOWN);
  life_begin(&us, &them, 200, t + 30);
  CHECK(at(IPPROTO_TCP, t + 30) == OWNER_UNKNOWN && at(IPPROTO_TCP, t + 35) == OWNER_UNKNOWN && at(IPPROTO_TCP, t + 10) == OWNER_USER);
  /* The other's began before the close was reported: its socket had left a moment before. */
  ends(7);
  socket_of(IPPROTO_TCP, OWNER_USER, 2, t);
  life_begin(&us, &them, 300, t + 18);
  owner_left(&us, &them, 2, t + 20);
  CHECK(at(IPPROTO_TCP, t + 25) == OWNER_UNKNOWN);
  /* Asked alone: back to the SYN, once all packets until then were looked at; not if a SYN may be missing. */
  for (int round = 0; round < 2; round++) {
    ends((uint16_t)(8 + round));
    uint64_t begin = now;
    lives_forget();
    life_begin(&us, &them, 400, begin);
    if (round == 1) lives_forget();
    now += 100;
    living = OWNER_USER, living_cookie = 3;
    CHECK(at(IPPROTO_TCP, begin + 10) == OWNER_UNKNOWN);
    lives_until(now + 5000000);
    CHECK(at(IPPROTO_TCP, begin + 10) == (round == 0 ? OWNER_USER : OWNER_UNKNOWN) && at(IPPROTO_TCP, begin - 10) == OWNER_UNKNOWN);
    uint64_t calls = asked;
    CHECK(at(IPPROTO_TCP, begin + 110) == OWNER_USER || round == 1);
    CHECK(round == 1 || asked == calls);
  }
}

int main(void) {
  now = 1000000000000;
  asked_alone();
  told();
  connections();
  helper.user = 0;
  CHECK(at(IPPROTO_UDP, 1) == OWNER_USER);
  return 0;
}
