/* Packets of the user's watched connections. Sockets are opened while there is privilege, deaf; a command gives one its
   filter, locks that, gives it a ring and lets it hear. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "helper.h"
#include "owner.h"

#define SOCKETS 8
#define BLOCK (1u << 20)
#define BLOCKS 24
#define RETIRE_MS 10
#define BLOCKS_AT_ONCE 4
#define PAST_SIZE (8u << 20)
#define PAST_NS 10000000000ull
#define BATCH (256u << 10)
/* Room in the host's queue that packets leave to messages: the ring can wait, they cannot. */
#define QUEUE_LEFT (1u << 20)
#define SERVERS_MAX 8
#define FAILED_MAX 64
#define TCP_SYN 2
#define TCP_RST 4
#define SEEN 1024
#define SEEN_NS 5000000ull
#define WAYS 2048
#define MILLISECOND 1000000ull
#define BYTES_DEFAULT (256ull << 20)
#define QUESTION_NS 60000000ull
#define ENDED 4096
#define OWN_MAX 16
#define ENDED_NS 5000000000ull
/* Not in each C library's header. */
#define HARDWARE_NONE 0xfffe

extern const struct feature capture;

struct interface {
  uint32_t index;
  uint16_t link_type;
  char name[IF_NAMESIZE];
  uint64_t sent;
};

static int sockets[SOCKETS];
static size_t socket_count, socket_used;
static struct {
  bool on, stopping, truncated, headers_only, unanswered;
  int fd;
  struct capture_filter filter;
  struct address servers[SERVERS_MAX];
  size_t server_count;
  struct failed {
    struct address remote;
    uint64_t from_ns, to_ns;
  } failed[FAILED_MAX];
  size_t failed_count;
  uint8_t *ring;
  unsigned block;
  uint64_t stop_ns, most_bytes;
  /* seen: the kernel gave them; sent: the host got them; unread: it did not read; others: of no watched connection. */
  uint64_t seen, dropped, freezes, sent, bytes, unread, others, duplicates, unproved;
  uint8_t batch[BATCH];
  size_t batch_length, batch_packets;
  struct past past;
  struct interface interfaces[INTERFACES_MAX];
  size_t interface_count;
  struct {
    uint64_t at;
    uint32_t sum, interface;
  } seen_before[SEEN];
  /* Where the packets of a connection leave, and up to which byte. */
  struct way {
    struct address from, to;
    uint32_t interface, end;
  } ways[WAYS];
} c;

/* ---- to the host ---- */

static void put_le(uint8_t *to, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; i++) to[i] = (uint8_t)(value >> 8 * i);
}

void record_write(uint8_t *to, const struct record *r) {
  put_le(to, r->realtime_ns, 8);
  put_le(to + 8, r->interface, 4);
  put_le(to + 12, r->captured, 4);
  put_le(to + 16, r->original, 4);
  to[20] = r->direction;
  to[21] = 0;
  put_le(to + 22, r->link_type, 2);
}

static void flush(struct helper *h) {
  if (c.batch_packets == 0) return;
  if (!helper_send_bytes(h, &capture, c.batch, c.batch_length)) {
    c.unread += c.batch_packets;
    c.sent -= c.batch_packets;
  }
  c.batch_length = c.batch_packets = 0;
}

static struct interface *interface_of(uint32_t index, uint16_t link_type) {
  for (size_t i = 0; i < c.interface_count; i++)
    if (c.interfaces[i].index == index) return &c.interfaces[i];
  if (c.interface_count == INTERFACES_MAX) return NULL;
  struct interface *f = &c.interfaces[c.interface_count++];
  *f = (struct interface){.index = index, .link_type = link_type};
  if (!if_indextoname(index, f->name)) f->name[0] = 0;
  return f;
}

static void deliver(struct helper *h, const struct record *r, const uint8_t *bytes) {
  if (c.truncated) return;
  if (c.bytes + r->captured > c.most_bytes) {
    c.truncated = true;
    c.stop_ns = monotonic_ns();
    helper_wake(h, &capture, c.stop_ns);
    return;
  }
  if (c.batch_length + RECORD_HEAD + r->captured > BATCH) flush(h);
  if (RECORD_HEAD + r->captured > BATCH) return;
  record_write(c.batch + c.batch_length, r);
  memcpy(c.batch + c.batch_length + RECORD_HEAD, bytes, r->captured);
  c.batch_length += RECORD_HEAD + r->captured;
  c.batch_packets++;
  c.sent++;
  c.bytes += r->captured;
  struct interface *f = interface_of(r->interface, r->link_type);
  if (f) f->sent++;
}

/* ---- whose it is ---- */

static int protocol_of(const struct packet *p) { return p->kind == PACKET_TCP ? IPPROTO_TCP : IPPROTO_UDP; }

/* Of connections that are no longer watched, as they ended: their last packets are still on their way. */
static struct ended {
  uint64_t at_ns;
  struct address local, remote;
  int protocol;
} ended[ENDED];

static uint32_t ends_hash(int protocol, const struct address *a, const struct address *b) {
  uint32_t sum = 2166136261u ^ (uint32_t)protocol;
  for (int i = 0; i < 16; i++) sum = ((sum ^ a->ip[i]) * 16777619u ^ b->ip[i]) * 16777619u;
  return ((sum ^ a->port) * 16777619u ^ b->port) * 2654435761u;
}

static struct ended *ended_at(int protocol, const struct address *local, const struct address *remote) {
  return &ended[ends_hash(protocol, local, remote) >> 20];
}

/* A socket for datagrams may be watched by its own end alone. */
static bool watched_as(const struct helper *h, int protocol, const struct address *local, const struct address *remote) {
  if (watch_by_ends(h, protocol, local, remote)) return true;
  const struct ended *e = ended_at(protocol, local, remote);
  if (e->at_ns && e->protocol == protocol && address_equal(&e->local, local) && address_equal(&e->remote, remote) &&
      monotonic_ns() - e->at_ns < ENDED_NS)
    return true;
  if (protocol != IPPROTO_UDP) return false;
  /* One that hears on each address of this machine; one without a peer; both. */
  const struct address any = {.family = local->family}, every = {.family = local->family, .port = local->port};
  const struct address six = {.family = AF_INET6, .port = local->port}, none = {.family = AF_INET6};
  return watch_by_ends(h, protocol, local, &any) || watch_by_ends(h, protocol, &every, &any) ||
         watch_by_ends(h, protocol, &every, remote) || watch_by_ends(h, protocol, &six, &none);
}

static bool is_server(const struct address *a) {
  for (size_t i = 0; i < c.server_count; i++)
    if (address_equal(&c.servers[i], a)) return true;
  return false;
}

enum verdict { OTHER, WAIT, SEND };

/* Both ways round: which end is ours, the packet does not say on loopback. */
static enum verdict verdict_of(const struct helper *h, int protocol, const struct address *from, const struct address *to,
                               uint8_t *direction) {
  enum owner own = owner_of(h, protocol, from, to), other = OWNER_OTHER;
  if (own != OWNER_USER) other = owner_of(h, protocol, to, from);
  if (own == OWNER_OTHER && other == OWNER_OTHER) return OTHER;
  bool out = watched_as(h, protocol, from, to) || is_server(to), in = watched_as(h, protocol, to, from) || is_server(from);
  if (out || in) *direction = out ? 1 : 0;
  if (own != OWNER_USER && other != OWNER_USER) return WAIT;
  return out || in ? SEND : WAIT;
}

/* Own addresses of watched connections, also for a while after their end. */
static struct {
  uint64_t at_ns;
  uint8_t ip[4];
} own[OWN_MAX];

static void note_own(const struct watch *w) {
  size_t oldest = 0;
  if (w->local.family != AF_INET) return;
  for (size_t i = 0; i < OWN_MAX; i++) {
    if (memcmp(own[i].ip, w->local.ip, 4) == 0) {
      own[i].at_ns = monotonic_ns();
      return;
    }
    if (own[i].at_ns < own[oldest].at_ns) oldest = i;
  }
  own[oldest].at_ns = monotonic_ns();
  memcpy(own[oldest].ip, w->local.ip, 4);
}

static bool concerns_arp(const struct helper *h, const struct packet *p) {
  for (const struct watch *w = watch_next(h, NULL); w; w = watch_next(h, w)) note_own(w);
  uint64_t now = monotonic_ns();
  for (size_t i = 0; i < OWN_MAX; i++)
    if (own[i].at_ns && now - own[i].at_ns < PAST_NS &&
        (memcmp(own[i].ip, p->from.ip, 4) == 0 || memcmp(own[i].ip, p->to.ip, 4) == 0))
      return true;
  return false;
}

static enum verdict judge(const struct helper *h, const struct packet *p, uint8_t *direction) {
  uint8_t as_inner;
  switch (p->kind) {
    case PACKET_TCP:
    case PACKET_UDP:
      return verdict_of(h, protocol_of(p), &p->from, &p->to, direction);
    case PACKET_ICMP:
      /* One of ours that could not go on, or that was refused here. */
      if (p->inner_from.family == 0) return OTHER;
      return verdict_of(h, p->inner_protocol, &p->inner_from, &p->inner_to, &as_inner);
    case PACKET_ARP:
      return concerns_arp(h, p) ? SEND : OTHER;
    default:
      return OTHER;
  }
}

/* The same packet on its way through several interfaces: a bridge and its port, a VLAN and its carrier. */
static bool is_again(const struct packet *p, const struct record *r) {
  if (p->sum == 0) return false;
  size_t i = p->sum % SEEN;
  uint64_t at = c.seen_before[i].at, apart = r->realtime_ns > at ? r->realtime_ns - at : at - r->realtime_ns;
  if (c.seen_before[i].sum == p->sum && c.seen_before[i].interface != r->interface && apart < SEEN_NS) return true;
  c.seen_before[i].at = r->realtime_ns;
  c.seen_before[i].sum = p->sum;
  c.seen_before[i].interface = r->interface;
  return false;
}

/* On its way out the upper device may see a large one, and the lower the pieces that it was cut into, and later: bytes
   that went out by another interface already. */
static bool is_piece(const struct packet *p, const struct record *r) {
  if (p->kind != PACKET_TCP || p->headers == 0 || !r->direction || r->original < p->headers) return false;
  struct way *w = &c.ways[ends_hash(IPPROTO_TCP, &p->from, &p->to) >> 21];
  uint32_t end = p->sequence + (r->original - (uint32_t)p->headers) + p->controls;
  bool same = w->interface != 0 && address_equal(&w->from, &p->from) && address_equal(&w->to, &p->to);
  if (same && w->interface != r->interface && (int32_t)(end - w->end) <= 0) return true;
  bool on = same && w->interface == r->interface && (int32_t)(end - w->end) < 0;
  *w = (struct way){p->from, p->to, r->interface, on ? w->end : end};
  return false;
}

/* An end without a port is any; one without an address is of each address of this machine. */
static bool is_end(const struct address *a, const struct address *end) {
  static const uint8_t none[16];
  return end->port == 0 || address_equal(a, end) || (a->port == end->port && memcmp(end->ip, none, 16) == 0);
}

static bool is_between(const struct packet *p, const struct address *a, const struct address *b) {
  bool inner = p->kind == PACKET_ICMP;
  const struct address *from = inner ? &p->inner_from : &p->from, *to = inner ? &p->inner_to : &p->to;
  if (!b) return is_server(from) || is_server(to);
  return (is_end(from, a) && is_end(to, b)) || (is_end(to, a) && is_end(from, b));
}

/* ---- from the kernel ---- */

static int link_type_of(uint16_t hardware) {
  if (hardware == ARPHRD_ETHER || hardware == ARPHRD_LOOPBACK) return LINK_ETHERNET;
  return hardware == HARDWARE_NONE || hardware == ARPHRD_TUNNEL || hardware == ARPHRD_TUNNEL6 || hardware == ARPHRD_SIT ||
                 hardware == ARPHRD_IPGRE || hardware == ARPHRD_PPP
             ? LINK_IP
             : -1;
}

static void take(struct helper *h, const struct tpacket3_hdr *head, const uint8_t *bytes) {
  const struct sockaddr_ll *from = (const void *)((const uint8_t *)head + TPACKET_ALIGN(sizeof *head));
  int link = link_type_of(from->sll_hatype);
  struct past_packet k = {.record = {.realtime_ns = head->tp_sec * 1000000000ull + head->tp_nsec,
                                     .interface = (uint32_t)from->sll_ifindex,
                                     .captured = head->tp_snaplen,
                                     .original = head->tp_len,
                                     .direction = from->sll_pkttype == PACKET_OUTGOING,
                                     .link_type = (uint16_t)link}};
  if (link < 0 || !packet_parse(bytes, head->tp_snaplen, link, &k.packet)) {
    c.others++;
    return;
  }
  enum verdict v = judge(h, &k.packet, &k.record.direction);
  if (v == OTHER) {
    c.others++;
    return;
  }
  if (is_again(&k.packet, &k.record) || is_piece(&k.packet, &k.record)) {
    c.duplicates++;
    return;
  }
  if (c.headers_only && k.packet.kind == PACKET_TCP && k.packet.headers && k.packet.headers < k.record.captured)
    k.record.captured = (uint32_t)k.packet.headers;
  if (v == SEND) deliver(h, &k.record, bytes);
  else past_add(&c.past, &k, bytes);
  /* Whose socket asked a resolver is known a little later. */
  if (v == WAIT && c.server_count && is_between(&k.packet, NULL, NULL) && !c.unanswered) {
    c.unanswered = true;
    helper_wake(h, &capture, monotonic_ns() + QUESTION_NS);
  }
}

static void count(void) {
  struct tpacket_stats_v3 now;
  socklen_t size = sizeof now;
  if (c.fd < 0 || getsockopt(c.fd, SOL_PACKET, PACKET_STATISTICS, &now, &size) < 0) return;
  c.seen += now.tp_packets - now.tp_drops;
  c.dropped += now.tp_drops;
  c.freezes += now.tp_freeze_q_cnt;
}

static bool has_room(const struct helper *h) { return h->output.size - h->output.used > BLOCK + BATCH + QUEUE_LEFT; }

/* One block of the ring; false: none is ready. */
static bool take_block(struct helper *h) {
  struct tpacket_block_desc *d = (void *)(c.ring + (size_t)c.block * BLOCK);
  if (!(__atomic_load_n(&d->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) return false;
  size_t offset = d->hdr.bh1.offset_to_first_pkt;
  for (uint32_t i = 0; i < d->hdr.bh1.num_pkts; i++) {
    const struct tpacket3_hdr *head = (const void *)((uint8_t *)d + offset);
    if (offset + TPACKET3_HDRLEN > BLOCK || offset + head->tp_mac + head->tp_snaplen > BLOCK) {
      helper_lost(h, &capture, "broken", 1);
      break;
    }
    take(h, head, (const uint8_t *)head + head->tp_mac);
    offset += head->tp_next_offset;
  }
  __atomic_store_n(&d->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  c.block = (c.block + 1) % BLOCKS;
  return true;
}

static void take_blocks(struct helper *h) {
  for (int i = 0; i < BLOCKS_AT_ONCE && has_room(h); i++)
    if (!take_block(h)) break;
  flush(h);
  uint64_t before = c.dropped;
  count();
  helper_lost(h, &capture, "kernel", c.dropped - before);
}

struct sending {
  struct helper *helper;
  /* NULL: questions to resolvers and their answers. */
  const struct watch *watch;
};

static bool send_past(void *context, const struct past_packet *k, const uint8_t *bytes) {
  const struct sending *s = context;
  struct record r = k->record;
  /* Cheap first: whose it is may have to be asked. */
  if (!is_between(&k->packet, s->watch ? &s->watch->local : NULL, s->watch ? &s->watch->remote : NULL)) return false;
  if (judge(s->helper, &k->packet, &r.direction) != SEND) return false;
  deliver(s->helper, &r, bytes);
  return true;
}

/* Attempts that were refused or not answered: the program never learns its own port, so that nobody can watch them. */
static bool send_failed(void *context, const struct past_packet *k, const uint8_t *bytes) {
  const struct sending *s = context;
  const struct packet *p = &k->packet;
  if (p->kind != PACKET_TCP || k->record.original != p->headers || !(p->flags & (TCP_SYN | TCP_RST))) return false;
  for (size_t i = 0; i < c.failed_count; i++) {
    const struct failed *f = &c.failed[i];
    bool out = address_equal(&f->remote, &p->to);
    if ((!out && !address_equal(&f->remote, &p->from)) || k->record.realtime_ns < f->from_ns || k->record.realtime_ns > f->to_ns)
      continue;
    const struct address *local = out ? &p->from : &p->to;
    if (owner_of(s->helper, IPPROTO_TCP, local, &f->remote) != OWNER_USER) continue;
    struct record r = k->record;
    r.direction = out;
    deliver(s->helper, &r, bytes);
    return true;
  }
  return false;
}

static void look_for_failed(struct helper *h) {
  past_each(&c.past, 0, send_failed, &(struct sending){h, NULL});
  c.failed_count = 0;
  flush(h);
}

static void take_failed(struct helper *h, const struct json *m) {
  struct failed f;
  if (!c.on || c.failed_count == FAILED_MAX) return helper_failed(h, &capture, "captureFailed", m, EBUSY, "not now");
  if (!address_json(&f.remote, json_member(m, "remote")) || !json_u64(json_member(m, "fromRealtimeNs"), &f.from_ns) ||
      !json_u64(json_member(m, "toRealtimeNs"), &f.to_ns))
    return helper_failed(h, &capture, "captureFailed", m, EINVAL, "remote, fromRealtimeNs, toRealtimeNs");
  c.failed[c.failed_count++] = f;
  /* Its packets may lie in the block that is being filled, and whose they are be told in a moment. */
  c.unanswered = true;
  helper_wake(h, &capture, monotonic_ns() + QUESTION_NS);
}

static void look_back(struct helper *h, const struct watch *w) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t at = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
  past_each(&c.past, at - PAST_NS, send_past, &(struct sending){h, w});
  flush(h);
}

/* ---- beginning and ending ---- */

static void out_interfaces(struct out *o, bool counted) {
  out_array(o, "interfaces");
  for (size_t i = 0; i < c.interface_count; i++) {
    out_object(o, NULL);
    out_u64(o, "index", c.interfaces[i].index);
    if (c.interfaces[i].name[0]) out_text(o, "name", c.interfaces[i].name);
    out_u64(o, "linkType", c.interfaces[i].link_type);
    if (counted) out_u64(o, "sent", c.interfaces[i].sent);
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
    out_u64(o, "snaplen", c.filter.snaplen);
    out_u64(o, "maxBytes", c.most_bytes);
    out_bool(o, "all", c.filter.interface_count == 0);
    out_interfaces(o, false);
  }
  helper_send(h, &capture);
}

static void out_counts(struct out *o) {
  out_u64(o, "received", c.seen);
  out_u64(o, "dropped", c.dropped);
  out_u64(o, "sentPackets", c.sent);
  out_u64(o, "sentBytes", c.bytes);
  out_u64(o, "unread", c.unread);
  out_u64(o, "others", c.others);
  out_u64(o, "duplicates", c.duplicates);
  out_u64(o, "notWatched", c.past.evicted + c.unproved);
}

static bool still_there(void *context, const struct past_packet *k, const uint8_t *bytes) {
  (void)context, (void)k, (void)bytes;
  c.unproved++;
  return false;
}

static void finish(struct helper *h) {
  while (take_block(h)) {
  }
  if (c.unanswered) {
    look_back(h, NULL);
    look_for_failed(h);
  }
  flush(h);
  count();
  past_each(&c.past, 0, still_there, NULL);
  struct out *o = helper_message(h, "captureEnd");
  out_decimal(o, "at", monotonic_ns());
  out_bool(o, "truncated", c.truncated);
  out_counts(o);
  out_interfaces(o, true);
  helper_send(h, &capture);
  helper_unpoll(h, c.fd);
  munmap(c.ring, (size_t)BLOCKS * BLOCK);
  close(c.fd);
  past_close(&c.past);
  c.fd = -1;
  c.on = c.stopping = false;
}

static void read_ports(const struct json *m) {
  c.filter.port_count = 0;
  const struct json *ports = json_member(m, "ports");
  uint64_t port;
  for (const struct json *p = ports && ports->type == JSON_ARRAY ? ports->first : NULL; p; p = p->next)
    if (c.filter.port_count < PORTS_MAX && json_u64(p, &port) && port > 0 && port < 65536)
      c.filter.ports[c.filter.port_count++] = (uint16_t)port;
}

static void read_servers(const struct json *m) {
  const struct json *servers = json_member(m, "dnsServers");
  c.server_count = 0;
  for (const struct json *s = servers && servers->type == JSON_ARRAY ? servers->first : NULL; s; s = s->next)
    if (c.server_count < SERVERS_MAX && address_json(&c.servers[c.server_count], s)) {
      size_t n = c.filter.port_count;
      if (n > 0 && n < PORTS_MAX) c.filter.ports[c.filter.port_count++] = c.servers[c.server_count].port;
      c.server_count++;
    }
}

/* NULL, or what is wrong. */
static const char *read_interfaces(const struct json *m) {
  const struct json *list = json_member(m, "interfaces");
  c.filter.interface_count = c.interface_count = 0;
  for (const struct json *i = list && list->type == JSON_ARRAY ? list->first : NULL; i; i = i->next) {
    char name[IF_NAMESIZE];
    if (!json_text(i, name, sizeof name)) return "an interface is named by a text";
    if (strcmp(name, "any") == 0) continue;
    uint32_t index = if_nametoindex(name);
    if (index == 0) return "there is no such interface";
    if (c.filter.interface_count == INTERFACES_MAX) return "too many interfaces";
    c.filter.interfaces[c.filter.interface_count++] = index;
  }
  return NULL;
}

/* Filter, lock, ring, and only then the ear. 0 or -errno. */
static int begin(struct helper *h) {
  struct sock_filter code[FILTER_MAX];
  struct sock_fprog program = {.len = (unsigned short)filter_build(&c.filter, code), .filter = code};
  struct tpacket_req3 ring = {.tp_block_size = BLOCK,
                              .tp_block_nr = BLOCKS,
                              .tp_frame_size = 2048,
                              .tp_frame_nr = BLOCKS * (BLOCK / 2048),
                              .tp_retire_blk_tov = RETIRE_MS};
  struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
  const int version = TPACKET_V3, on = 1;
  if (program.len == 0) return -E2BIG;
  if (setsockopt(c.fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ||
      setsockopt(c.fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof on) < 0 ||
      setsockopt(c.fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
      setsockopt(c.fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring) < 0)
    return -errno;
  c.ring = mmap(NULL, (size_t)BLOCKS * BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, c.fd, 0);
  if (c.ring == MAP_FAILED) return -errno;
  int error = past_open(&c.past, PAST_SIZE);
  if (error == 0 && bind(c.fd, (struct sockaddr *)&all, sizeof all) < 0) error = -errno;
  if (error == 0) error = helper_poll(h, &capture, c.fd);
  if (error) {
    past_close(&c.past);
    munmap(c.ring, (size_t)BLOCKS * BLOCK);
  }
  return error;
}

static const char *configure(const struct json *m) {
  uint64_t snaplen;
  c.filter.icmp = json_bool(json_member(m, "icmp"));
  c.filter.arp = json_bool(json_member(m, "arp"));
  c.headers_only = json_bool(json_member(m, "headersOnly"));
  c.filter.snaplen = SNAPLEN_MAX;
  if (json_u64(json_member(m, "snaplen"), &snaplen) && snaplen > 0 && snaplen < SNAPLEN_MAX) c.filter.snaplen = (uint32_t)snaplen;
  if (!json_u64(json_member(m, "maxBytes"), &c.most_bytes) || c.most_bytes == 0) c.most_bytes = BYTES_DEFAULT;
  c.filter.loopback = if_nametoindex("lo");
  read_ports(m);
  read_servers(m);
  return read_interfaces(m);
}

static void start(struct helper *h, const struct json *m) {
  if (c.on) return say_state(h, false, "a capture is running");
  if (socket_used == socket_count) return say_state(h, false, "no socket is left: start the helper anew");
  memset(&c, 0, offsetof(__typeof__(c), batch));
  c.batch_length = c.batch_packets = 0;
  memset(c.seen_before, 0, sizeof c.seen_before);
  memset(c.ways, 0, sizeof c.ways);
  c.fd = -1;
  const char *wrong = configure(m);
  if (wrong) return say_state(h, false, wrong);
  c.fd = sockets[socket_used++];
  int error = begin(h);
  if (error) {
    close(c.fd);
    c.fd = -1;
    return say_state(h, false, strerror(-error));
  }
  for (size_t i = 0; i < c.filter.interface_count; i++) interface_of(c.filter.interfaces[i], LINK_ETHERNET);
  c.on = true;
  say_state(h, true, NULL);
}

static bool command(struct helper *h, const char *cmd, const struct json *m) {
  if (strcmp(cmd, "capture") == 0) return start(h, m), true;
  if (strcmp(cmd, "captureFailed") == 0) return take_failed(h, m), true;
  if (strcmp(cmd, "captureStop") != 0) return false;
  if (!c.on) return helper_failed(h, &capture, cmd, m, EINVAL, "no capture is running"), true;
  if (c.stopping) return true;
  /* What lies in the block that is being filled comes when the kernel gives that away. */
  c.stopping = true;
  c.stop_ns = monotonic_ns() + 3 * RETIRE_MS * MILLISECOND;
  helper_wake(h, &capture, c.stop_ns);
  return true;
}

/* ---- the feature ---- */

static int open_capture(struct helper *h) {
  c.fd = -1;
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
  /* The host is slow: the ring fills meanwhile, and says how much it dropped. Not polled, as that would spin. */
  if (has_room(h)) return;
  helper_unpoll(h, c.fd);
  helper_wake(h, &capture, monotonic_ns() + 2 * MILLISECOND);
}

static void tick(struct helper *h, uint64_t now) {
  if (!c.on) return;
  if (c.unanswered) {
    take_blocks(h);
    look_back(h, NULL);
    look_for_failed(h);
  }
  c.unanswered = false;
  bool ends = (c.stopping || c.truncated) && now >= c.stop_ns;
  if (ends && has_room(h)) return finish(h);
  helper_unpoll(h, c.fd);
  if (has_room(h)) helper_poll(h, &capture, c.fd);
  if (!has_room(h)) helper_wake(h, &capture, now + 2 * MILLISECOND);
  else if (c.stopping || c.truncated) helper_wake(h, &capture, c.stop_ns);
}

static void watched(struct helper *h, const struct watch *w) {
  note_own(w);
  if (!c.on || c.truncated) return;
  /* Packets that have come and were not looked at yet belong to the past too. */
  take_blocks(h);
  look_back(h, w);
}

static void unwatched(struct helper *h, const struct watch *w) {
  watched(h, w);
  *ended_at(w->protocol, &w->local, &w->remote) = (struct ended){monotonic_ns(), w->local, w->remote, w->protocol};
}

static void stats(struct helper *h, struct out *o) {
  (void)h;
  out_bool(o, "on", c.on);
  if (!c.on) return;
  count();
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
