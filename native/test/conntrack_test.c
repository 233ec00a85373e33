// with: netlink/track.c netlink/track_table.c netlink/netlink.c core/watch.c core/json.c core/out.c
/* What the kernel says of entries, and what of it is reported: of the user's watched connections alone; broken messages. */
#include "netlink/conntrack.c"

#include "check.h"
#include "core/helper.h"

static struct helper helper;
static struct out message;
static char said[8192];
static unsigned reported;
static enum owner owner = OWNER_USER;

struct out *helper_message(struct helper *h, const char *type) {
  (void)h;
  out_begin(&message, said, sizeof said - 1);
  out_object(&message, NULL);
  out_text(&message, "t", type);
  return &message;
}
bool helper_send(struct helper *h, const struct feature *f) {
  (void)h, (void)f;
  out_end_object(&message);
  CHECK(!message.full && message.depth == 0);
  said[message.length] = 0;
  reported++;
  return true;
}
uint64_t monotonic_ns(void) { return 1; }
void helper_reason(struct helper *h, const char *format, ...) { (void)h, (void)format; }
int helper_poll(struct helper *h, const struct feature *f, int fd) { return (void)h, (void)f, (void)fd, 0; }
void helper_wake(struct helper *h, const struct feature *f, uint64_t at) { (void)h, (void)f, (void)at; }
void helper_lost(struct helper *h, const struct feature *f, const char *what, uint64_t n) { (void)h, (void)f, (void)what, (void)n; }
const char *helper_option(const struct helper *h, const char *name) { return (void)h, (void)name, NULL; }
int nft_track(void) { return -1; }
enum owner owner_lately(const struct helper *h, int protocol, const struct address *local, const struct address *remote) {
  return (void)h, (void)protocol, (void)local, (void)remote, owner;
}

/* ---- messages ---- */

static uint8_t bytes[1024];
static size_t length;

static size_t nest(uint16_t type) {
  size_t at = length;
  memcpy(bytes + length + 2, &type, 2);
  length += 4;
  return at;
}
static void unnest(size_t at) {
  uint16_t n = (uint16_t)(length - at);
  memcpy(bytes + at, &n, 2);
  length = (length + 3) & ~(size_t)3;
}
static void put(uint16_t type, uint64_t value, size_t size) {
  size_t at = nest(type);
  for (size_t i = 0; i < size; i++) bytes[length++] = (uint8_t)(value >> 8 * (size - 1 - i));
  unnest(at);
}
static void put_ends(uint16_t type, uint32_t from, uint32_t to, uint16_t from_port, uint16_t to_port) {
  size_t all = nest(type), part = nest(CTA_TUPLE_IP);
  put(CTA_IP_V4_SRC, from, 4);
  put(CTA_IP_V4_DST, to, 4);
  unnest(part);
  part = nest(CTA_TUPLE_PROTO);
  put(CTA_PROTO_NUM, 6, 1);
  put(CTA_PROTO_SRC_PORT, from_port, 2);
  put(CTA_PROTO_DST_PORT, to_port, 2);
  unnest(part);
  unnest(all);
}

/* 10.0.0.1:PORT → 10.0.0.2:80, which answers from 10.0.0.3. */
static void made(int kind, uint16_t flags, uint16_t port, uint8_t state, bool counted) {
  struct nlmsghdr head = {.nlmsg_type = (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | kind), .nlmsg_flags = flags};
  memset(bytes, 0, sizeof bytes);
  length = sizeof head + sizeof(struct nfgenmsg);
  put_ends(CTA_TUPLE_ORIG, 0x0a000001, 0x0a000002, port, 80);
  put_ends(CTA_TUPLE_REPLY, 0x0a000003, 0x0a000001, 80, port);
  put(CTA_STATUS, 0x18e, 4);
  put(CTA_ID, 7, 4);
  size_t info = nest(CTA_PROTOINFO), tcp = nest(CTA_PROTOINFO_TCP);
  put(CTA_PROTOINFO_TCP_STATE, state, 1);
  unnest(tcp);
  unnest(info);
  if (counted)
    for (int way = 0; way < 2; way++) {
      size_t at = nest(way ? CTA_COUNTERS_REPLY : CTA_COUNTERS_ORIG);
      put(CTA_COUNTERS_PACKETS, 5, 8);
      put(CTA_COUNTERS_BYTES, 500, 8);
      unnest(at);
    }
  head.nlmsg_len = (uint32_t)length;
  memcpy(bytes, &head, sizeof head);
}

static void hear(const uint8_t *from, size_t n) {
  uint8_t *copy = exactly(from, n);
  struct span all = {copy, n};
  struct nl_message m;
  while (nl_next_message(&all, &m)) take(&helper, &m);
  free(copy);
}
static void hear_made(void) { hear(bytes, length); }

static const struct watch *watch(const char *id, uint16_t port) {
  struct watch w = {.protocol = 6};
  snprintf(w.id, sizeof w.id, "%s", id);
  CHECK(address_parse(&w.local, "10.0.0.1", port) && address_parse(&w.remote, "10.0.0.2", 80) && watch_add(&helper, &w));
  return watch_by_id(&helper, id);
}

static void of_whom(void) {
  const uint16_t fresh = NLM_F_CREATE | NLM_F_EXCL;
  made(IPCTNL_MSG_CT_NEW, fresh, 4000, 1, false);
  hear_made();
  CHECK(reported == 0);
  /* Watched after it began. */
  const struct watch *w = watch("a", 4000);
  watched(&helper, w);
  CHECK(reported == 1 && strstr(said, "\"when\":\"known\"") && strstr(said, "\"countersMissing\""));
  made(IPCTNL_MSG_CT_NEW, 0, 4000, 3, false);
  hear_made();
  CHECK(reported == 2 && strstr(said, "\"when\":\"change\"") && strstr(said, "\"established\""));
  made(IPCTNL_MSG_CT_DELETE, 0, 4000, 7, true);
  hear_made();
  CHECK(reported == 3 && strstr(said, "\"when\":\"end\"") && strstr(said, "\"bytesReceived\":500") && !strstr(said, "countersMissing"));
  /* The same ends, another entry. */
  made(IPCTNL_MSG_CT_NEW, fresh, 4000, 1, false);
  hear_made();
  CHECK(reported == 4 && strstr(said, "\"when\":\"begin\"") && strstr(said, "\"id\":\"a\""));
  /* Another user's, and one that nobody can prove. */
  watch("b", 4001);
  for (owner = OWNER_OTHER; owner <= OWNER_UNKNOWN; owner += OWNER_UNKNOWN - OWNER_OTHER) {
    made(IPCTNL_MSG_CT_NEW, fresh, 4001, 1, false);
    hear_made();
    watched(&helper, watch_by_id(&helper, "b"));
    CHECK(reported == 4);
  }
  unwatched(&helper, watch_by_id(&helper, "b"));
  CHECK(reported == 5 && strstr(said, "\"missing\":\"noEntry\""));
  owner = OWNER_USER;
}

static void broken(void) {
  uint8_t to[2048];
  for (int round = 0; round < 100000; round++) {
    made(random32() % 3, random32() % 2 ? NLM_F_CREATE | NLM_F_EXCL : 0, (uint16_t)(4000 + random32() % 8), (uint8_t)(random32() % 12),
         random32() % 2);
    hear(to, mutated(bytes, length, to, sizeof to));
  }
  CHECK(reported > 1000);
}

int main(void) {
  of_whom();
  broken();
  return 0;
}
