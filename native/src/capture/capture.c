/* Packets of the user's watched connections. Sockets are opened while there is privilege, deaf; a command gives one its
   filter, locks that, gives it a ring and lets it hear. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

#define SOCKETS 8
#define RETIRE_MS 10
#define PAST_SIZE (24u << 20)
#define MILLISECOND 1000000ull
#define BYTES_DEFAULT (256ull << 20)

struct capturing capturing;
static int sockets[SOCKETS];
static size_t socket_count, socket_used;

/* ---- beginning and ending ---- */

static void out_interfaces(struct out *o, bool counted) {
  out_array(o, "interfaces");
  for (size_t i = 0; i < capturing.interface_count; i++) {
    out_object(o, NULL);
    out_u64(o, "index", capturing.interfaces[i].index);
    if (capturing.interfaces[i].name[0]) out_text(o, "name", capturing.interfaces[i].name);
    out_u64(o, "linkType", capturing.interfaces[i].link_type);
    if (counted) out_u64(o, "sent", capturing.interfaces[i].sent);
    out_end_object(o);
  }
  out_end_array(o);
}

static void say_state(struct helper *h, bool on, const char *reason) {
  struct out *o = helper_message(h, "capture");
  out_text(o, "state", on ? "on" : "off");
  out_decimal(o, "at", monotonic_ns());
  if (reason) out_text(o, "reason", reason);
  if (on) {
    out_u64(o, "snaplen", capturing.filter.snaplen);
    out_u64(o, "maxBytes", capturing.max_bytes);
    out_bool(o, "all", capturing.filter.interface_count == 0);
    out_interfaces(o, false);
  }
  helper_send(h, &capture);
}

static void out_counts(struct out *o) {
  out_u64(o, "received", capturing.seen);
  out_u64(o, "dropped", capturing.dropped);
  out_u64(o, "sentPackets", capturing.sent);
  out_u64(o, "sentBytes", capturing.bytes);
  out_u64(o, "unread", capturing.unread);
  out_u64(o, "others", capturing.others);
  out_u64(o, "duplicates", capturing.duplicates);
  out_u64(o, "notWatched", capturing.past.evicted + capturing.unproved);
}

static bool still_there(void *context, const struct past_packet *k, const uint8_t *bytes) {
  (void)context, (void)k, (void)bytes;
  capturing.unproved++;
  return false;
}

static void finish(struct helper *h) {
  if (capturing.unanswered) {
    look_back(h, NULL);
    look_for_failed(h);
  }
  flush(h);
  count_dropped();
  past_each(&capturing.past, 0, still_there, NULL);
  struct out *o = helper_message(h, "captureEnd");
  out_decimal(o, "at", monotonic_ns());
  out_bool(o, "truncated", capturing.truncated);
  out_counts(o);
  out_interfaces(o, true);
  helper_send(h, &capture);
  helper_unpoll(h, capturing.fd);
  munmap(capturing.ring, (size_t)BLOCKS * BLOCK);
  close(capturing.fd);
  past_close(&capturing.past);
  capturing.fd = -1;
  capturing.on = capturing.stopping = false;
}

static void read_ports(const struct json *m) {
  capturing.filter.port_count = 0;
  const struct json *ports = json_member(m, "ports");
  uint64_t port;
  for (const struct json *p = ports && ports->type == JSON_ARRAY ? ports->first : NULL; p; p = p->next)
    if (capturing.filter.port_count < PORTS_MAX && json_u64(p, &port) && port > 0 && port < 65536)
      capturing.filter.ports[capturing.filter.port_count++] = (uint16_t)port;
}

static void read_servers(const struct json *m) {
  const struct json *servers = json_member(m, "dnsServers");
  capturing.server_count = 0;
  for (const struct json *s = servers && servers->type == JSON_ARRAY ? servers->first : NULL; s; s = s->next)
    if (capturing.server_count < SERVERS_MAX && address_json(&capturing.servers[capturing.server_count], s)) {
      size_t n = capturing.filter.port_count;
      if (n > 0 && n < PORTS_MAX) capturing.filter.ports[capturing.filter.port_count++] = capturing.servers[capturing.server_count].port;
      capturing.server_count++;
    }
}

/* NULL, or what is wrong. */
static const char *read_interfaces(const struct json *m) {
  const struct json *list = json_member(m, "interfaces");
  capturing.filter.interface_count = capturing.interface_count = 0;
  for (const struct json *i = list && list->type == JSON_ARRAY ? list->first : NULL; i; i = i->next) {
    char name[IF_NAMESIZE];
    if (!json_text(i, name, sizeof name)) return "an interface is named by a text";
    if (strcmp(name, "any") == 0) continue;
    uint32_t index = if_nametoindex(name);
    if (index == 0) return "there is no such interface";
    if (capturing.filter.interface_count == INTERFACES_MAX) return "too many interfaces";
    capturing.filter.interfaces[capturing.filter.interface_count++] = index;
  }
  return NULL;
}

/* Filter, lock, ring, and only then the ear. 0 or -errno. */
static int begin(struct helper *h) {
  struct sock_filter code[FILTER_MAX];
  struct sock_fprog program = {.len = (unsigned short)filter_build(&capturing.filter, code), .filter = code};
  struct tpacket_req3 ring = {.tp_block_size = BLOCK,
                              .tp_block_nr = BLOCKS,
                              .tp_frame_size = 2048,
                              .tp_frame_nr = BLOCKS * (BLOCK / 2048),
                              .tp_retire_blk_tov = RETIRE_MS};
  struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
  const int version = TPACKET_V3, on = 1;
  if (program.len == 0) return -E2BIG;
  if (setsockopt(capturing.fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ||
      setsockopt(capturing.fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof on) < 0 ||
      setsockopt(capturing.fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
      setsockopt(capturing.fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring) < 0)
    return -errno;
  capturing.ring = mmap(NULL, (size_t)BLOCKS * BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, capturing.fd, 0);
  if (capturing.ring == MAP_FAILED) return -errno;
  int error = past_open(&capturing.past, PAST_SIZE);
  if (error == 0 && bind(capturing.fd, (struct sockaddr *)&all, sizeof all) < 0) error = -errno;
  if (error == 0) error = helper_poll(h, &capture, capturing.fd);
  if (error) {
    past_close(&capturing.past);
    munmap(capturing.ring, (size_t)BLOCKS * BLOCK);
  }
  return error;
}

static const char *configure(const struct json *m) {
  uint64_t snaplen;
  capturing.filter.icmp = json_bool(json_member(m, "icmp"));
  capturing.filter.arp = json_bool(json_member(m, "arp"));
  capturing.headers_only = json_bool(json_member(m, "headersOnly"));
  capturing.filter.snaplen = SNAPLEN_MAX;
  if (json_u64(json_member(m, "snaplen"), &snaplen) && snaplen > 0 && snaplen < SNAPLEN_MAX) capturing.filter.snaplen = (uint32_t)snaplen;
  if (!json_u64(json_member(m, "maxBytes"), &capturing.max_bytes) || capturing.max_bytes == 0) capturing.max_bytes = BYTES_DEFAULT;
  capturing.filter.loopback = if_nametoindex("lo");
  read_ports(m);
  read_servers(m);
  return read_interfaces(m);
}

static void start(struct helper *h, const struct json *m) {
  if (capturing.on) return say_state(h, false, "a capture is running");
  if (socket_used == socket_count) return say_state(h, false, "no socket is left: restart the helper");
  memset(&capturing, 0, offsetof(struct capturing, batch));
  capturing.batch_length = capturing.batch_packets = 0;
  memset(capturing.seen_before, 0, sizeof capturing.seen_before);
  memset(capturing.ways, 0, sizeof capturing.ways);
  capturing.fd = -1;
  const char *wrong = configure(m);
  if (wrong) return say_state(h, false, wrong);
  capturing.fd = sockets[socket_used++];
  int error = begin(h);
  if (error) {
    close(capturing.fd);
    capturing.fd = -1;
    return say_state(h, false, strerror(-error));
  }
  for (size_t i = 0; i < capturing.filter.interface_count; i++) interface_of(capturing.filter.interfaces[i], LINK_ETHERNET);
  lives_forget();
  capturing.on = true;
  say_state(h, true, NULL);
}

static bool command(struct helper *h, const char *cmd, const struct json *m) {
  if (strcmp(cmd, "capture") == 0) return start(h, m), true;
  if (strcmp(cmd, "captureFailed") == 0) return take_failed(h, m), true;
  if (strcmp(cmd, "captureStop") != 0) return false;
  if (!capturing.on) return helper_failed(h, &capture, cmd, m, EINVAL, "no capture is running"), true;
  if (capturing.stopping) return true;
  /* Packets in the block that is being filled arrive when the kernel retires it. */
  capturing.stopping = true;
  capturing.stop_ns = monotonic_ns() + 3 * RETIRE_MS * MILLISECOND;
  helper_wake(h, &capture, capturing.stop_ns);
  return true;
}

/* ---- the feature ---- */

static int open_capture(struct helper *h) {
  capturing.fd = -1;
  for (socket_count = 0; socket_count < SOCKETS; socket_count++) {
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (fd < 0) break;
    sockets[socket_count] = fd;
  }
  if (socket_count > 0) return 0;
  int error = -errno;
  helper_reason(h, error == -EPERM ? "needs cap_net_raw" : "the kernel has no packet sockets");
  return error;
}

static void ready(struct helper *h, int fd) {
  (void)fd;
  take_blocks(h);
  /* The host is slow: the ring fills up, and counts what it drops. Not polled, as that would spin; nor when
     an event of the kernel is being written. */
  if (has_room(h) && !capturing.behind) return;
  helper_unpoll(h, capturing.fd);
  helper_wake(h, &capture, monotonic_ns() + 2 * MILLISECOND);
}

static void tick(struct helper *h, uint64_t now) {
  if (!capturing.on) return;
  if (capturing.unanswered || capturing.behind) take_blocks(h);
  bool goes_on = has_room(h) && is_current(h);
  if (capturing.unanswered && goes_on) {
    capturing.unanswered = false;
    look_back(h, NULL);
    look_for_failed(h);
  }
  bool ends = (capturing.stopping || capturing.truncated) && now >= capturing.stop_ns;
  if (ends && goes_on) {
    /* All that the ring can hold; more may come as fast as it is read. */
    for (int i = 0; i < BLOCKS && take_block(h); i++) {
    }
    goes_on = !capturing.behind;
    if (goes_on) return finish(h);
  }
  helper_unpoll(h, capturing.fd);
  if (goes_on) helper_poll(h, &capture, capturing.fd);
  if (!goes_on) helper_wake(h, &capture, now + 2 * MILLISECOND);
  else if (capturing.stopping || capturing.truncated) helper_wake(h, &capture, capturing.stop_ns);
}

static void watched(struct helper *h, const struct watch *w) {
  note_watch(w);
  if (!capturing.on || capturing.truncated) return;
  /* Packets that have come and were not looked at yet belong to the past too. */
  take_blocks(h);
  look_back(h, w);
}

static void unwatched(struct helper *h, const struct watch *w) {
  watched(h, w);
  note_end(w);
}

static void stats(struct helper *h, struct out *o) {
  (void)h;
  out_bool(o, "on", capturing.on);
  if (!capturing.on) return;
  count_dropped();
  out_counts(o);
}

const struct feature capture = {.name = "capture",
                                .tier = 1,
                                .open = open_capture,
                                .ready = ready,
                                .tick = tick,
                                .command = command,
                                .watched = watched,
                                .unwatched = unwatched,
                                .stats = stats};
