/* From the kernel's ring to the host, in batches. */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "bpf/bpf.h"
#include "internal.h"

#define BLOCKS_AT_ONCE 4
/* Room in the host's queue that packets leave to messages: the ring can wait, they cannot. */
#define QUEUE_LEFT (1u << 20)
/* Not in each C library's header. */
#define HARDWARE_NONE 0xfffe
#define TCP_SYN 2
#define TCP_ACK 16

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

void flush(struct helper *h) {
  if (capturing.batch_packets == 0) return;
  if (!helper_send_bytes(h, &capture, capturing.batch, capturing.batch_length)) {
    capturing.unread += capturing.batch_packets;
    capturing.sent -= capturing.batch_packets;
  }
  capturing.batch_length = capturing.batch_packets = 0;
}

struct interface *interface_of(uint32_t index, uint16_t link_type) {
  for (size_t i = 0; i < capturing.interface_count; i++)
    if (capturing.interfaces[i].index == index) return &capturing.interfaces[i];
  if (capturing.interface_count == INTERFACES_MAX) return NULL;
  struct interface *f = &capturing.interfaces[capturing.interface_count++];
  *f = (struct interface){.index = index, .link_type = link_type};
  if (!if_indextoname(index, f->name)) f->name[0] = 0;
  return f;
}

void deliver(struct helper *h, const struct record *r, const uint8_t *bytes) {
  if (capturing.truncated) return;
  if (capturing.bytes + r->captured > capturing.max_bytes) {
    capturing.truncated = true;
    capturing.stop_ns = monotonic_ns();
    helper_wake(h, &capture, capturing.stop_ns);
    return;
  }
  if (capturing.batch_length + RECORD_HEAD + r->captured > BATCH) flush(h);
  if (RECORD_HEAD + r->captured > BATCH) return;
  record_write(capturing.batch + capturing.batch_length, r);
  memcpy(capturing.batch + capturing.batch_length + RECORD_HEAD, bytes, r->captured);
  capturing.batch_length += RECORD_HEAD + r->captured;
  capturing.batch_packets++;
  capturing.sent++;
  capturing.bytes += r->captured;
  struct interface *f = interface_of(r->interface, r->link_type);
  if (f) f->sent++;
}

/* ---- from the kernel ---- */

static int link_type_of(uint16_t hardware) {
  if (hardware == ARPHRD_ETHER || hardware == ARPHRD_LOOPBACK) return LINK_ETHERNET;
  return hardware == HARDWARE_NONE || hardware == ARPHRD_TUNNEL || hardware == ARPHRD_TUNNEL6 || hardware == ARPHRD_SIT ||
                 hardware == ARPHRD_IPGRE || hardware == ARPHRD_PPP
             ? LINK_IP
             : -1;
}

static void note_life(const struct past_packet *k) {
  const struct packet *p = &k->packet;
  /* One whose header was cut may be a SYN too. */
  if (p->kind == PACKET_TCP && p->headers == 0) life_begin(&p->from, &p->to, (uint32_t)k->at_ns, k->at_ns);
  else if (p->kind == PACKET_TCP && (p->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
    life_begin(&p->from, &p->to, p->sequence, k->at_ns);
  lives_until(k->at_ns);
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
    capturing.others++;
    return;
  }
  k.at_ns = k.record.realtime_ns - capturing.clocks_apart;
  note_life(&k);
  enum verdict v = judge(h, &k, &k.record.direction);
  if (v == OTHER) {
    capturing.others++;
    return;
  }
  if (is_duplicate(&k.packet, &k.record)) {
    capturing.duplicates++;
    return;
  }
  if (capturing.headers_only && k.packet.kind == PACKET_TCP && k.packet.headers && k.packet.headers < k.record.captured)
    k.record.captured = (uint32_t)k.packet.headers;
  if (v == SEND) deliver(h, &k.record, bytes);
  else past_add(&capturing.past, &k, bytes);
  /* Whose it is may be known a little later. */
  if (v == UNPROVED && !capturing.unanswered) {
    capturing.unanswered = true;
    helper_wake(h, &capture, monotonic_ns() + QUESTION_NS);
  }
}

void count_dropped(void) {
  struct tpacket_stats_v3 now;
  socklen_t size = sizeof now;
  if (capturing.fd < 0 || getsockopt(capturing.fd, SOL_PACKET, PACKET_STATISTICS, &now, &size) < 0) return;
  capturing.seen += now.tp_packets - now.tp_drops;
  capturing.dropped += now.tp_drops;
  if (now.tp_drops) lives_forget();
  capturing.freezes += now.tp_freeze_q_cnt;
}

bool has_room(const struct helper *h) { return h->output.size - h->output.used > BLOCK + BATCH + QUEUE_LEFT; }

static uint64_t ns_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* The shortest of some tries: it may have been interrupted in between. */
static void compare_clocks(void) {
  uint64_t shortest = UINT64_MAX;
  for (int i = 0; i < 4; i++) {
    uint64_t before = ns_of(CLOCK_MONOTONIC), real = ns_of(CLOCK_REALTIME), took = ns_of(CLOCK_MONOTONIC) - before;
    if (took >= shortest) continue;
    shortest = took;
    capturing.clocks_apart = real - (before + took / 2);
  }
}

bool is_current(struct helper *h) {
  compare_clocks();
  capturing.behind = !bpf_read(h);
  return !capturing.behind;
}

/* One block of the ring; false: none is ready. */
bool take_block(struct helper *h) {
  struct tpacket_block_desc *d = (void *)(capturing.ring + (size_t)capturing.block * BLOCK);
  uint32_t status = __atomic_load_n(&d->hdr.bh1.block_status, __ATOMIC_ACQUIRE);
  if (!(status & TP_STATUS_USER)) return false;
  /* Whose the packets are was written to those rings before the packets came here. */
  if (!is_current(h)) return false;
  if (status & TP_STATUS_LOSING) lives_forget();
  size_t offset = d->hdr.bh1.offset_to_first_pkt;
  for (uint32_t i = 0; i < d->hdr.bh1.num_pkts; i++) {
    const struct tpacket3_hdr *head = (const void *)((uint8_t *)d + offset);
    if (offset % _Alignof(struct tpacket3_hdr) != 0 || offset + TPACKET3_HDRLEN > BLOCK ||
        offset + head->tp_mac + head->tp_snaplen > BLOCK) {
      helper_lost(h, &capture, "broken", 1);
      /* The kernel counted the rest of them as given. */
      capturing.seen -= d->hdr.bh1.num_pkts - i;
      capturing.dropped += d->hdr.bh1.num_pkts - i;
      lives_forget();
      break;
    }
    take(h, head, (const uint8_t *)head + head->tp_mac);
    offset += head->tp_next_offset;
  }
  __atomic_store_n(&d->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  capturing.block = (capturing.block + 1) % BLOCKS;
  return true;
}

void take_blocks(struct helper *h) {
  for (int i = 0; i < BLOCKS_AT_ONCE && has_room(h); i++)
    if (!take_block(h)) break;
  flush(h);
  uint64_t before = capturing.dropped;
  count_dropped();
  helper_lost(h, &capture, "kernel", capturing.dropped - before);
}
