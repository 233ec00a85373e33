// with: netlink/track.c netlink/track_table.c netlink/netlink.c core/json.c core/out.c core/watch.c
/* Messages of connection tracking as Linux 6.18 sent them, whole, cut and broken. */
#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>

#include "check.h"
#include "netlink/track_table.h"

/* What watch.c asks of the loop: not reached from here. */
struct out *helper_message(struct helper *h, const char *type) { return (void)h, (void)type, NULL; }
bool helper_send(struct helper *h, const struct feature *f) { return (void)h, (void)f, false; }
uint64_t monotonic_ns(void) { return 0; }

/* 127.0.0.1 to 127.0.0.2:80, translated on its way to 10.9.9.9 and 127.0.0.1:8080; ::1 to ::1:5353. */
static const uint8_t begun[] = {
    208,0,0,0,0,1,0,6,0,0,0,0,0,0,0,0,2,0,0,0,52,0,1,128,20,0,1,128,8,0,1,0,127,0,0,1,8,0,2,0,127,0,0,2,28,0,2,128,5,
    0,1,0,6,0,0,0,6,0,2,0,181,76,0,0,6,0,3,0,0,80,0,0,52,0,2,128,20,0,1,128,8,0,1,0,127,0,0,1,8,0,2,0,10,9,9,9,28,0,
    2,128,5,0,1,0,6,0,0,0,6,0,2,0,31,144,0,0,6,0,3,0,181,76,0,0,8,0,12,0,153,234,68,183,8,0,3,0,0,0,1,184,8,0,7,0,0,
    0,0,120,48,0,4,128,44,0,1,128,5,0,1,0,1,0,0,0,5,0,2,0,10,0,0,0,5,0,3,0,0,0,0,0,6,0,4,0,3,0,0,0,6,0,5,0,0,0,0,0,
    12,0,27,0,24,234,29,69,93,233,3,67};
static const uint8_t changed[] = {
    208,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,2,0,0,0,52,0,1,128,20,0,1,128,8,0,1,0,127,0,0,1,8,0,2,0,127,0,0,2,28,0,2,128,5,
    0,1,0,6,0,0,0,6,0,2,0,181,76,0,0,6,0,3,0,0,80,0,0,52,0,2,128,20,0,1,128,8,0,1,0,127,0,0,1,8,0,2,0,10,9,9,9,28,0,
    2,128,5,0,1,0,6,0,0,0,6,0,2,0,31,144,0,0,6,0,3,0,181,76,0,0,8,0,12,0,153,234,68,183,8,0,3,0,0,0,1,190,8,0,7,0,0,
    0,0,120,48,0,4,128,44,0,1,128,5,0,1,0,4,0,0,0,5,0,2,0,10,0,0,0,5,0,3,0,10,0,0,0,6,0,4,0,55,0,0,0,6,0,5,0,35,0,0,
    0,12,0,27,0,24,234,29,69,93,237,98,48};
static const uint8_t datagrams[] = {
    216,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,10,0,0,0,76,0,1,128,44,0,1,128,20,0,3,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,20,0,4,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,28,0,2,128,5,0,1,0,17,0,0,0,6,0,2,0,233,90,0,0,6,0,3,0,20,233,0,0,76,0,2,128,
    44,0,1,128,20,0,3,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,20,0,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,28,0,2,128,5,0,1,0,
    17,0,0,0,6,0,2,0,20,233,0,0,6,0,3,0,233,90,0,0,8,0,12,0,110,215,200,245,8,0,3,0,0,0,0,10,8,0,7,0,0,0,0,30,8,0,8,
    0,0,0,0,7,12,0,27,0,24,234,29,69,93,239,135,132};
static const uint8_t ended[] = {
    4,1,0,0,2,1,0,0,0,0,0,0,90,179,149,215,2,0,0,0,52,0,1,128,20,0,1,128,8,0,1,0,127,0,0,1,8,0,2,0,127,0,0,2,28,0,2,
    128,5,0,1,0,6,0,0,0,6,0,2,0,181,76,0,0,6,0,3,0,0,80,0,0,52,0,2,128,20,0,1,128,8,0,1,0,127,0,0,1,8,0,2,0,10,9,9,9,
    28,0,2,128,5,0,1,0,6,0,0,0,6,0,2,0,31,144,0,0,6,0,3,0,181,76,0,0,8,0,12,0,153,234,68,183,8,0,3,0,0,0,3,190,8,0,7,
    0,0,0,0,119,28,0,9,128,12,0,1,0,0,0,0,0,0,0,0,5,12,0,2,0,0,0,0,0,0,0,1,15,28,0,10,128,12,0,1,0,0,0,0,0,0,0,0,3,
    12,0,2,0,0,0,0,0,0,0,0,164,28,0,20,128,12,0,1,0,24,234,29,69,93,234,141,142,12,0,2,0,24,234,29,69,106,167,128,
    232,16,0,4,128,12,0,1,128,5,0,1,0,7,0,0,0,12,0,27,0,24,234,29,69,106,167,130,0};

static char text[8192];

static struct track decoded(const uint8_t *bytes, size_t n) {
  struct nl_message m;
  struct track t;
  struct span s = {bytes, n};
  CHECK(nl_next_message(&s, &m) && m.type >> 8 == NFNL_SUBSYS_CTNETLINK);
  CHECK(track_decode(m.body, &t));
  return t;
}

static void write_out(const struct track *t) {
  struct out o;
  out_begin(&o, text, sizeof text - 1);
  out_object(&o, NULL);
  track_out(&o, t);
  out_end_object(&o);
  CHECK(!o.full);
  text[o.length] = 0;
}

static bool says(const char *part) { return strstr(text, part) != NULL; }

static void of_the_kernel(void) {
  struct track t = decoded(begun, sizeof begun);
  write_out(&t);
  CHECK(says("\"original\":{\"source\":{\"address\":\"127.0.0.1\"") && says("\"destination\":{\"address\":\"127.0.0.2\",\"port\":80}"));
  CHECK(says("\"reply\":{\"source\":{\"address\":\"127.0.0.1\",\"port\":8080},\"destination\":{\"address\":\"10.9.9.9\""));
  CHECK(says("\"src-nat\"") && says("\"dst-nat\"") && says("\"tcpState\":\"syn-sent\"") && !says("packetsSent"));
  struct track later = decoded(changed, sizeof changed), last = decoded(ended, sizeof ended);
  CHECK(later.id == t.id && later.tcp_state != t.tcp_state);
  track_merge(&t, &later);
  CHECK(t.tcp_state == later.tcp_state && t.have & TRACK_STATUS);
  track_merge(&t, &last);
  write_out(&t);
  /* SYN, ACK, data, FIN, ACK against SYN-ACK, ACK, FIN; 3 bytes and their heads. */
  CHECK(last.have & TRACK_COUNTERS && last.packets[0] + last.packets[1] >= 7 && last.bytes[0] >= 5 * 52 + 3);
  CHECK(says("\"packetsSent\":") && says("\"beginRealtimeNs\":") && says("\"endRealtimeNs\":") && last.end > last.begin);
  t = decoded(datagrams, sizeof datagrams);
  write_out(&t);
  CHECK(t.protocol == 17 && says("\"address\":\"::1\"") && says("\"seen-reply\"") && says("\"mark\":7") && !says("tcpState"));
}

/* What an update does not repeat stays; what is of one instant does not. */
static void merging(void) {
  struct track a = {.have = TRACK_TIMEOUT | TRACK_MARK | TRACK_COUNTERS, .mark = 7, .timeout = 9}, b = {.have = 0};
  track_merge(&a, &b);
  CHECK(a.have == TRACK_MARK && a.mark == 7);
}

static const char *const lines[] = {
    "ipv4     2 tcp      6 9 CLOSE src=127.0.0.1 dst=127.0.0.2 sport=56110 dport=80 packets=4 bytes=1216 src=127.0.0.1 "
    "dst=10.9.9.9 sport=8080 dport=56110 packets=3 bytes=164 [ASSURED] mark=0 zone=0 use=2\n",
    "ipv6     10 udp      17 29 src=0000:0000:0000:0000:0000:0000:0000:0001 dst=0000:0000:0000:0000:0000:0000:0000:0001 "
    "sport=5 dport=53 [UNREPLIED] src=0000:0000:0000:0000:0000:0000:0000:0001 dst=0000:0000:0000:0000:0000:0000:0000:0001 "
    "sport=53 dport=5 mark=0 use=1\n",
    "ipv4     2 icmp     1 29 src=127.0.0.1 dst=127.0.0.1 type=8 code=0 id=1 src=127.0.0.1 dst=127.0.0.1 type=0 code=0 id=1\n"};

static bool line_read(const char *line, size_t n, struct track *t) {
  char *copy = calloc(n + 1, 1);
  memcpy(copy, line, n);
  bool ok = track_line(copy, t);
  free(copy);
  return ok;
}

static void of_text(void) {
  struct track t;
  CHECK(line_read(lines[0], strlen(lines[0]), &t) && t.protocol == 6 && t.have == TRACK_COUNTERS);
  CHECK(t.packets[0] == 4 && t.bytes[0] == 1216 && t.packets[1] == 3 && t.bytes[1] == 164);
  CHECK(t.from.port == 56110 && t.to.port == 80 && t.to.ip[3] == 2 && t.reply_to.ip[0] == 10 && t.reply_from.port == 8080);
  CHECK(line_read(lines[1], strlen(lines[1]), &t) && t.protocol == 17 && t.have == 0 && t.to.family == AF_INET6 && t.to.port == 53);
  CHECK(!line_read(lines[2], strlen(lines[2]), &t));
  uint8_t to[1024];
  for (int round = 0; round < 100000; round++) {
    const char *line = lines[random32() % 3];
    size_t n = mutated((const uint8_t *)line, strlen(line), to, sizeof to);
    line_read((const char *)to, n, &t);
  }
}

/* Ends are used again, and lead elsewhere then, though the end of the one before was not heard: both chains stay whole. */
static void learned(void) {
  static uint16_t leads_to[64];
  for (int round = 0; round < 200000; round++) {
    uint16_t port = (uint16_t)(random32() % 64), other = (uint16_t)(random32() % 64);
    struct track t = {.protocol = 6, .from = {.family = AF_INET, .port = port}, .to = {.family = AF_INET, .port = 80},
                      .reply_from = {.family = AF_INET, .port = (uint16_t)(1000 + port)}, .reply_to = {.family = AF_INET, .port = other}};
    struct entry *e = track_find(6, &t.from, &t.to, false);
    CHECK(!e == !leads_to[port] && (!e || e->track.reply_to.port == leads_to[port] - 1));
    if (e && random32() % 4 == 0) {
      struct track was = e->track;
      track_forget(e);
      leads_to[port] = 0;
      CHECK(!track_find(6, &was.from, &was.to, false) && !track_find(6, &was.reply_from, &was.reply_to, true));
      continue;
    }
    bool same = e && leads_to[port] == other + 1, begins = random32() % 4 == 0;
    if (e) e->reported = true;
    e = track_learn(&t, begins);
    leads_to[port] = (uint16_t)(other + 1);
    CHECK(track_find(6, &t.from, &t.to, false) == e && track_find(6, &t.reply_from, &t.reply_to, true) == e);
    CHECK(e->reported == (same && !begins));
  }
  /* More than there is room for: the oldest goes, but no watched one. */
  struct track watched = {.protocol = 17, .from = {.family = AF_INET, .port = 1}, .to = {.family = AF_INET, .port = 53},
                          .reply_from = {.family = AF_INET, .port = 53}, .reply_to = {.family = AF_INET, .port = 1}};
  strcpy(track_learn(&watched, true)->id, "w");
  for (uint32_t i = 0; i < 20000; i++) {
    struct track t = {.protocol = 6, .from = {.family = AF_INET, .port = (uint16_t)i}, .to = {.family = AF_INET, .port = 443},
                      .reply_from = {.family = AF_INET, .port = 443}, .reply_to = {.family = AF_INET, .port = (uint16_t)i}};
    CHECK(track_learn(&t, true) == track_find(6, &t.reply_from, &t.reply_to, true));
  }
  struct entry *e = track_find(17, &watched.from, &watched.to, false);
  CHECK(e && strcmp(e->id, "w") == 0 && track_find(17, &watched.reply_from, &watched.reply_to, true) == e);
}

static void broken(void) {
  const struct {
    const uint8_t *bytes;
    size_t n;
  } all[] = {{begun, sizeof begun}, {changed, sizeof changed}, {datagrams, sizeof datagrams}, {ended, sizeof ended}};
  uint8_t changed_bytes[1024];
  struct track t;
  for (size_t i = 0; i < 4; i++)
    for (size_t n = 16; n <= all[i].n; n++) {
      uint8_t *copy = exactly(all[i].bytes + 16, n - 16);
      if (track_decode((struct span){copy, n - 16}, &t)) write_out(&t);
      free(copy);
    }
  for (int round = 0; round < 100000; round++) {
    size_t i = random32() % 4, n = mutated(all[i].bytes + 16, all[i].n - 16, changed_bytes, sizeof changed_bytes);
    uint8_t *copy = exactly(changed_bytes, n);
    if (track_decode((struct span){copy, n}, &t)) write_out(&t);
    free(copy);
  }
}

int main(void) {
  of_the_kernel();
  merging();
  of_text();
  learned();
  broken();
  return 0;
}
