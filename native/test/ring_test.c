// with: capture/ring.c capture/policy.c capture/replay.c capture/history.c capture/packet.c core/proto.c core/watch.c core/json.c core/out.c netlink/lives.c
/* From the kernel's ring to frames: of watched connections alone, each once; packets and rings that are broken. */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <net/if_arp.h>
#include <sys/socket.h>
#include <time.h>

#include "capture/internal.h"
#include "check.h"

/* ---- what the capture asks of the loop ---- */

struct capturing capturing;
const struct feature capture = {.name = "capture", .tier = 1};
static struct helper helper;
static struct out message;
static char said[4096];
/* Of both clocks. */
static uint64_t now;
static size_t sent_bytes, sent_packets, broken_rings;
static uint8_t last_packet[BATCH];
static size_t last_length;
static bool refuse;

struct out *helper_message(struct helper *h, const char *type) {
  (void)h, (void)type;
  out_begin(&message, said, sizeof said);
  out_object(&message, NULL);
  return &message;
}
bool helper_send(struct helper *h, const struct feature *f) { return (void)h, (void)f, true; }
void helper_failed(struct helper *h, const struct feature *f, const char *cmd, const struct json *m, int error, const char *reason) {
  (void)h, (void)f, (void)cmd, (void)m, (void)error, (void)reason;
}
void helper_wake(struct helper *h, const struct feature *f, uint64_t at) { (void)h, (void)f, (void)at; }
void helper_lost(struct helper *h, const struct feature *f, const char *what, uint64_t n) {
  (void)h, (void)f;
  if (strcmp(what, "broken") == 0) broken_rings += n;
}
uint64_t monotonic_ns(void) { return now; }

/* A batch as native/README.md lays it out. */
bool helper_send_bytes(struct helper *h, const struct feature *f, const void *all, size_t n) {
  (void)h, (void)f;
  const uint8_t *at = all;
  if (refuse) return false;
  while (n > 0) {
    CHECK(n >= RECORD_HEAD);
    uint32_t captured = at[12] | at[13] << 8 | at[14] << 16 | (uint32_t)at[15] << 24;
    CHECK(captured <= n - RECORD_HEAD && at[20] <= 1 && at[21] == 0);
    memcpy(last_packet, at + RECORD_HEAD, captured);
    last_length = captured;
    sent_bytes += captured;
    sent_packets++;
    at += RECORD_HEAD + captured;
    n -= RECORD_HEAD + captured;
  }
  return true;
}

static enum owner owner = OWNER_USER;
bool bpf_read(struct helper *h);
bool bpf_read(struct helper *h) { return (void)h, true; }

enum owner owner_of(const struct helper *h, int protocol, const struct address *local, const struct address *remote, uint64_t at) {
  return (void)h, (void)protocol, (void)local, (void)remote, (void)at, owner;
}

/* ---- rings ---- */

static uint8_t *ring;
static size_t filled, packets;

static struct tpacket_block_desc *block(void) { return (void *)(ring + (size_t)capturing.block * BLOCK); }

static void begin_block(void) {
  struct tpacket_block_desc *d = block();
  memset(d, 0, 4096);
  filled = sizeof *d;
  filled = (filled + 15) & ~(size_t)15;
  d->hdr.bh1.offset_to_first_pkt = (uint32_t)filled;
  packets = 0;
}

static void put_packet(const uint8_t *bytes, size_t n, uint32_t interface, bool out) {
  struct tpacket3_hdr *head = (void *)(ring + (size_t)capturing.block * BLOCK + filled);
  struct sockaddr_ll *from = (void *)((uint8_t *)head + TPACKET_ALIGN(sizeof *head));
  /* As the kernel does: a multiple of 8. */
  size_t mac = TPACKET_ALIGN(TPACKET3_HDRLEN + 16), whole = (mac + n + 7) & ~(size_t)7;
  memset(head, 0, mac);
  *head = (struct tpacket3_hdr){.tp_next_offset = (uint32_t)whole, .tp_sec = (uint32_t)(now / 1000000000u), .tp_nsec = (uint32_t)(now % 1000000000u),
                                .tp_snaplen = (uint32_t)n, .tp_len = (uint32_t)n, .tp_mac = (uint16_t)mac};
  *from = (struct sockaddr_ll){.sll_ifindex = (int)interface, .sll_hatype = ARPHRD_ETHER, .sll_pkttype = out ? PACKET_OUTGOING : PACKET_HOST};
  memcpy((uint8_t *)head + mac, bytes, n);
  filled += whole;
  packets++;
  now += 100000;
}

static uint32_t losing;

static void end_block(void) {
  struct tpacket_block_desc *d = block();
  d->hdr.bh1.num_pkts = (uint32_t)packets;
  d->hdr.bh1.block_status = TP_STATUS_USER | losing;
  CHECK(take_block(&helper));
  flush(&helper);
}

/* 10.0.0.1:PORT → 10.0.0.2:80 with 10 bytes behind the heads. */
static size_t packet_of(uint8_t *to, uint8_t protocol, uint16_t port, uint32_t sequence, bool answer) {
  const uint8_t us[] = {10, 0, 0, 1}, them[] = {10, 0, 0, 2};
  memset(to, 0, 100);
  to[12] = 8;
  to[14] = 0x45;
  to[23] = protocol;
  memcpy(to + 26, answer ? them : us, 4);
  memcpy(to + 30, answer ? us : them, 4);
  uint8_t *ports = to + 34, *own = ports + (answer ? 2 : 0), *other = ports + (answer ? 0 : 2);
  own[0] = (uint8_t)(port >> 8), own[1] = (uint8_t)port, other[1] = 80;
  for (int i = 0; i < 4; i++) to[38 + i] = (uint8_t)(sequence >> (24 - 8 * i));
  to[46] = 0x50;
  return 14 + 20 + (protocol == 6 ? 20 : 8) + 10;
}

static void watch(const char *id, uint16_t port, bool connected) {
  struct watch w = {.protocol = connected ? IPPROTO_TCP : IPPROTO_UDP};
  snprintf(w.id, sizeof w.id, "%s", id);
  CHECK(address_parse(&w.local, connected ? "10.0.0.1" : "0.0.0.0", port));
  if (connected) CHECK(address_parse(&w.remote, "10.0.0.2", 80));
  else w.remote.family = AF_INET;
  struct watch *added = watch_add(&helper, &w);
  CHECK(added);
  look_back(&helper, added);
}

static void of_whom(void) {
  uint8_t p[100];
  begin_block();
  for (uint32_t i = 0; i < 3; i++) put_packet(p, packet_of(p, 6, 4000, i * 10, false), 1, true);
  put_packet(p, packet_of(p, 6, 4000, 5, true), 1, false);
  put_packet(p, packet_of(p, 6, 4001, 0, false), 1, true);
  end_block();
  CHECK(sent_packets == 0 && capturing.past.count == 5);
  /* Earlier packets come with the watch; none of the other connection. */
  now += 1000;
  watch("a", 4000, true);
  CHECK(sent_packets == 4);
  watch("u", 5000, false);
  begin_block();
  put_packet(p, packet_of(p, 6, 4000, 30, false), 1, true);
  put_packet(p, packet_of(p, 6, 4000, 30, false), 2, true); /* the port of the bridge */
  put_packet(p, packet_of(p, 6, 4000, 20, false), 2, true); /* a piece of what went out there */
  put_packet(p, packet_of(p, 17, 5000, 0, true), 1, false);
  end_block();
  CHECK(sent_packets == 6 && capturing.duplicates == 2);
  /* Another user's: neither reported nor kept. Not proved: kept. */
  size_t kept = capturing.past.count;
  for (owner = OWNER_OTHER; owner <= OWNER_UNKNOWN; owner += OWNER_UNKNOWN - OWNER_OTHER) {
    begin_block();
    put_packet(p, packet_of(p, 6, 4000, 100 + owner * 10, false), 1, true);
    end_block();
    CHECK(sent_packets == 6 && capturing.past.count == kept + (owner == OWNER_UNKNOWN));
  }
  owner = OWNER_USER;
  /* A host that does not read: counted. */
  refuse = true;
  begin_block();
  put_packet(p, packet_of(p, 6, 4000, 200, false), 1, true);
  end_block();
  refuse = false;
  CHECK(sent_packets == 6 && capturing.unread == 1 && capturing.sent == 6);
  /* Gone, and a packet more. */
  note_end(watch_by_id(&helper, "a"));
  watch_remove(&helper, (struct watch *)watch_by_id(&helper, "a"));
  begin_block();
  put_packet(p, packet_of(p, 6, 4000, 300, false), 1, true);
  end_block();
  CHECK(sent_packets == 7);
  now += 6000000000ull;
  begin_block();
  put_packet(p, packet_of(p, 6, 4000, 400, false), 1, true);
  end_block();
  CHECK(sent_packets == 7);
}

/* A connection begins with a SYN, and nothing is known of that where one may be missing. */
static void lives(void) {
  uint8_t p[100];
  struct address us, them;
  CHECK(address_parse(&us, "10.0.0.1", 4000) && address_parse(&them, "10.0.0.2", 80));
  size_t n = packet_of(p, 6, 4000, 7, false);
  begin_block();
  put_packet(p, n, 1, true);
  end_block();
  CHECK(life_of(&us, &them) == 0);
  p[47] = 2;
  begin_block();
  put_packet(p, n, 1, true);
  end_block();
  uint64_t first = life_of(&us, &them);
  CHECK(first != 0 && life_of(&them, &us) == first);
  begin_block();
  put_packet(p, n, 2, true); /* the same one again */
  n = packet_of(p, 6, 4000, 8, false);
  put_packet(p, n, 1, true);
  end_block();
  CHECK(life_of(&us, &them) == first);
  /* Cut before its flags. */
  begin_block();
  put_packet(p, 14 + 20 + 8, 1, true);
  end_block();
  uint64_t cut = life_of(&us, &them);
  CHECK(cut > first && lives_seen() < cut);
  losing = TP_STATUS_LOSING;
  begin_block();
  put_packet(p, n, 1, true);
  end_block();
  losing = 0;
  CHECK(life_of(&us, &them) == 0);
}

static void broken(void) {
  uint8_t p[100], to[512];
  watch("b", 4000, true);
  capturing.headers_only = true;
  for (int round = 0; round < 100000; round++) {
    begin_block();
    size_t n = packet_of(p, random32() % 4 ? 6 : 17, (uint16_t)(random32() % 4 ? 4000 : 4001), random32(), random32() % 2);
    if (random32() % 8 == 0) p[23] = 1, p[34] = 3, memcpy(p + 42, (uint8_t[]){0x45}, 1), p[51] = 6;
    put_packet(p, n, 1 + random32() % 3, random32() % 2);
    put_packet(to, mutated(p, n, to, sizeof to), 1 + random32() % 3, random32() % 2);
    /* The ring itself, as no kernel fills it. */
    if (random32() % 4 == 0) {
      uint8_t *head = (uint8_t *)block() + block()->hdr.bh1.offset_to_first_pkt;
      head[random32() % 64] ^= (uint8_t)(1u << random32() % 8);
      if (random32() % 4 == 0) ((struct tpacket3_hdr *)(void *)head)->tp_next_offset = random32();
    }
    owner = random32() % 8 ? OWNER_USER : random32() % 2 ? OWNER_OTHER : OWNER_UNKNOWN;
    end_block();
    if (random32() % 256 == 0) look_back(&helper, watch_by_id(&helper, "b"));
  }
  CHECK(sent_packets > 10000 && broken_rings > 100 && capturing.dropped >= broken_rings);
}

int main(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  now = (uint64_t)t.tv_sec * 1000000000ull;
  capturing.fd = -1;
  capturing.max_bytes = UINT64_MAX;
  /* Each of exactly its size, so that AddressSanitizer detects reads beyond it. */
  ring = capturing.ring = aligned_alloc(4096, (size_t)BLOCK * BLOCKS);
  CHECK(ring && past_open(&capturing.past, 1 << 20) == 0 && frames_out_open(&helper.output, QUEUE_MAX));
  of_whom();
  lives();
  broken();
  past_close(&capturing.past);
  free(ring);
  free(helper.output.ring);
  return 0;
}
