/* Features with programs in the kernel, each with its own skeleton (../bpf, ../gen). */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bpf.h"
#include "features.h"
#include "netlink/owner.h"
#include "probe.h"

#include "bytes.lskel.h"
#include "congestion.lskel.h"
#include "delay.lskel.h"
#include "drop.lskel.h"
#include "drop_socket.lskel.h"
#include "error.lskel.h"
#include "lookup.lskel.h"
#include "queue.lskel.h"
#include "reset.lskel.h"
#include "retransmit.lskel.h"
#include "sizes.lskel.h"
#include "state.lskel.h"
#include "udp.lskel.h"

#define RING_SMALL (64u << 10)
#define RING_LARGE (1u << 20)
/* Shorter delays between arrival and read are not reported: each would be a separate event. */
#define DELAY_LEAST_NS 1000000ull

/* A skeleton that is set, loaded and attached; NULL after a failure, and `error` says why. */
#define LOAD(name, skeleton, error, ring, settle)                 \
  struct name##_bpf *skeleton = name##_bpf__open();               \
  int error = skeleton ? 0 : -ENOMEM;                             \
  if (skeleton) {                                                 \
    struct bpf_settings settings = bpf_settings(h);               \
    skeleton->rodata->user = settings.user;                       \
    skeleton->rodata->pid_device = settings.pid_device;           \
    skeleton->rodata->pid_inode = settings.pid_inode;             \
    skeleton->maps.events.max_entries = (ring);                   \
    settle;                                                       \
    error = name##_bpf__load(skeleton);                           \
    if (error == 0) error = name##_bpf__attach(skeleton);         \
    if (error < 0) {                                              \
      name##_bpf__destroy(skeleton);                              \
      skeleton = NULL;                                            \
    }                                                             \
  }

/* The members of `progs` are descriptors, one after the other. */
#define SOURCE(feature, skeleton, ring_size)                                                   \
  bpf_source(h, &feature,                                                                      \
             &(struct bpf_written){.ring = (skeleton)->maps.events.map_fd,                     \
                                   .size = (ring_size),                                        \
                                   .lost = &(skeleton)->bss->lost,                             \
                                   .programs = (const int *)(const void *)&(skeleton)->progs, \
                                   .program_count = sizeof (skeleton)->progs / sizeof(int)})

#define FEATURE(feature_name, text)                                       \
  const struct feature bpf_##feature_name = {.name = text,               \
                                     .tier = 3,                   \
                                     .open = open_##feature_name,        \
                                     .tick = bpf_tick,            \
                                     .watched = bpf_watched,      \
                                     .unwatched = bpf_unwatched}

#define EVENTS(name, text, ring, tracepoint)                                                      \
  static int open_##name(struct helper *h) {                                                      \
    LOAD(name, s, error, ring, (void)0)                                                           \
    if (!s) return bpf_refused(h, error, tracepoint);                                             \
    return SOURCE(bpf_##name, s, ring);                                                           \
  }                                                                                               \
  FEATURE(name, text)

EVENTS(state, "states", RING_LARGE, "tracepoint inet_sock_set_state");
EVENTS(retransmit, "retransmits", RING_LARGE, "tracepoint tcp_retransmit_skb");
EVENTS(reset, "resets", RING_SMALL, "tracepoints tcp_send_reset, tcp_receive_reset");
EVENTS(error, "errors", RING_SMALL, "tracepoint inet_sk_error_report");
EVENTS(congestion, "congestion", RING_SMALL, "tracepoint tcp_cong_state_set");
EVENTS(udp, "udpErrors", RING_SMALL, "tracepoint udp_fail_queue_rcv_skb");

static int open_delay(struct helper *h) {
  LOAD(delay, s, error, RING_LARGE, s->rodata->least = DELAY_LEAST_NS)
  if (!s) return bpf_refused(h, error, "tracepoints sk_data_ready, sock_recv_length");
  return SOURCE(bpf_delay, s, RING_LARGE);
}
FEATURE(delay, "delays");

/* ---- drops ---- */

static int flows = -1;

static int open_drop(struct helper *h) {
  if (!bpf_reasons_load()) helper_reason(h, "reasons are numbers alone: /sys/kernel/btf/vmlinux does not name them");
  LOAD(drop_socket, newer, error, RING_SMALL, (void)0)
  if (newer) {
    flows = newer->maps.flows.map_fd;
    return SOURCE(bpf_drop, newer, RING_SMALL);
  }
  LOAD(drop, older, error_older, RING_SMALL, (void)0)
  if (!older) return bpf_refused(h, error_older, "tracepoint kfree_skb with a reason");
  flows = older->maps.flows.map_fd;
  return SOURCE(bpf_drop, older, RING_SMALL);
}

/* Both ways, as a dropped packet knows no socket when it is on its way in. */
static void flow_change(struct helper *h, const struct watch *w, bool add) {
  struct nt_flow sent = {.family = (uint8_t)w->local.family, .protocol = (uint8_t)w->protocol};
  struct nt_flow received = sent;
  (void)h;
  memcpy(sent.source, w->local.ip, 16);
  memcpy(sent.target, w->remote.ip, 16);
  memcpy(received.source, w->remote.ip, 16);
  memcpy(received.target, w->local.ip, 16);
  sent.source_port = received.target_port = htons(w->local.port);
  sent.target_port = received.source_port = htons(w->remote.port);
  uint32_t ways[] = {NT_SENT, NT_RECEIVED};
  if (add) {
    bpf_map_set(flows, &sent, &ways[0]);
    bpf_map_set(flows, &received, &ways[1]);
  } else {
    bpf_map_remove(flows, &sent);
    bpf_map_remove(flows, &received);
  }
}

static void drop_watched(struct helper *h, const struct watch *w) {
  flow_change(h, w, true);
  bpf_watched(h, w);
}

static void drop_unwatched(struct helper *h, const struct watch *w) {
  flow_change(h, w, false);
  bpf_unwatched(h, w);
}

const struct feature bpf_drop = {.name = "drops",
                                 .tier = 3,
                                 .open = open_drop,
                                 .tick = bpf_tick,
                                 .watched = drop_watched,
                                 .unwatched = drop_unwatched};

/* ---- figures by socket ---- */

static void out_instant(struct out *o, const char *key, uint64_t at) {
  if (at) out_decimal(o, key, at);
}

static struct out *figures_begin(struct helper *h, const char *type, const struct watch *w) {
  struct out *o = helper_message(h, type);
  out_text(o, "id", w->id);
  out_decimal(o, "at", monotonic_ns());
  return o;
}

static void say_bytes(struct helper *h, const struct feature *f, const struct watch *w, const void *value) {
  const struct nt_bytes *n = value;
  struct out *o = figures_begin(h, "traffic", w);
  out_u64(o, "packetsSent", n->sent_packets);
  out_u64(o, "packetsReceived", n->received_packets);
  out_u64(o, "ipBytesSent", n->sent_bytes);
  out_u64(o, "ipBytesReceived", n->received_bytes);
  out_u64(o, "ecnMarks", n->received_ce);
  out_instant(o, "firstSentAt", n->first_sent);
  out_instant(o, "lastSentAt", n->last_sent);
  out_instant(o, "firstReceivedAt", n->first_received);
  out_instant(o, "lastReceivedAt", n->last_received);
  helper_send(h, f);
}

static int open_bytes(struct helper *h) {
  int cgroup = bpf_cgroup();
  if (cgroup < 0) return helper_reason(h, "no cgroup v2 is mounted"), cgroup;
  LOAD(bytes, s, error, RING_LARGE, (void)0)
  if (s) error = skel_link_create(s->progs.egress.prog_fd, cgroup, BPF_CGROUP_INET_EGRESS);
  if (s && error >= 0) error = skel_link_create(s->progs.ingress.prog_fd, cgroup, BPF_CGROUP_INET_INGRESS);
  if (s && error >= 0) error = skel_link_create(s->progs.closed.prog_fd, cgroup, BPF_CGROUP_INET_SOCK_RELEASE);
  close(cgroup);
  if (error < 0) return bpf_refused(h, error, "programs of cgroups");
  error = bpf_figures(h, &bpf_bytes, s->maps.sockets.map_fd, sizeof(struct nt_bytes), say_bytes);
  if (!error) error = SOURCE(bpf_bytes, s, RING_LARGE);
  if (!error) owner_told();
  return error;
}
FEATURE(bytes, "traffic");

static void out_buckets(struct out *o, const char *key, const uint32_t *counts) {
  size_t n = NT_BUCKETS;
  while (n > 0 && counts[n - 1] == 0) n--;
  if (n == 0) return;
  out_array(o, key);
  for (size_t i = 0; i < n; i++) out_u64(o, NULL, counts[i]);
  out_end_array(o);
}

static void say_sizes(struct helper *h, const struct feature *f, const struct watch *w, const void *value) {
  const struct nt_sizes *n = value;
  if (n->pid) bpf_owner(w->cookie, n->pid);
  struct out *o = figures_begin(h, "sizes", w);
  if (n->pid) out_u64(o, "pid", n->pid);
  out_buckets(o, "sendSizes", n->send);
  out_buckets(o, "receiveSizes", n->receive);
  helper_send(h, f);
}

static int open_sizes(struct helper *h) {
  LOAD(sizes, s, error, 4096, (void)0)
  if (!s) return bpf_refused(h, error, "tracepoints sock_send_length, sock_recv_length");
  error = bpf_figures(h, &bpf_sizes, s->maps.sockets.map_fd, sizeof(struct nt_sizes), say_sizes);
  return error ? error : SOURCE(bpf_sizes, s, 4096);
}
FEATURE(sizes, "sizes");

static void say_queue(struct helper *h, const struct feature *f, const struct watch *w, const void *value) {
  const struct nt_queue *n = value;
  struct out *o = figures_begin(h, "queue", w);
  out_u64(o, "packets", n->packets);
  out_u64(o, "durationNs", n->total);
  out_u64(o, "longestNs", n->most);
  helper_send(h, f);
}

static int open_queue(struct helper *h) {
  LOAD(queue, s, error, 4096, (void)0)
  if (!s) return bpf_refused(h, error, "tracepoints qdisc_enqueue, qdisc_dequeue");
  error = bpf_figures(h, &bpf_queue, s->maps.sockets.map_fd, sizeof(struct nt_queue), say_queue);
  return error ? error : SOURCE(bpf_queue, s, 4096);
}
FEATURE(queue, "queues");

/* ---- lookups of names ---- */

/* Where systems keep the C library that Node is linked to; in a container it may be another file. */
static const char *const c_libraries[] = {
    "/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6", "/lib64/libc.so.6",
    "/usr/lib/libc.so.6",              "/lib/ld-musl-x86_64.so.1",         "/lib/ld-musl-aarch64.so.1",
};

static struct bpf_ring calls;
static const volatile unsigned long long *calls_lost;
static uint64_t calls_lost_said, calls_broken;

static void say_lookup(void *context, const void *record) {
  struct helper *h = context;
  const struct nt_lookup *call = record;
  struct out *o = helper_message(h, "lookup");
  out_u64(o, "pid", call->pid);
  out_text_n(o, "name", call->name, strnlen(call->name, sizeof call->name));
  out_decimal(o, "beginNs", call->begin);
  out_decimal(o, "endNs", call->end);
  out_i64(o, "result", call->result);
  helper_send(h, &bpf_lookup);
}

static void lookup_ready(struct helper *h, int fd) {
  uint64_t broken = calls_broken;
  (void)fd;
  bpf_ring_read(&calls, sizeof(struct nt_lookup), 256, say_lookup, h, &calls_broken);
  if (calls_broken > broken) helper_lost(h, &bpf_lookup, "broken", calls_broken - broken);
  uint64_t lost = *calls_lost - calls_lost_said;
  if (lost) helper_lost(h, &bpf_lookup, "kernel", lost);
  calls_lost_said += lost;
}

static int open_lookup(struct helper *h) {
#if defined(__aarch64__)
  bool arm64 = true;
#elif defined(__x86_64__)
  bool arm64 = false;
#else
  return helper_reason(h, "not on this processor"), -ENOTSUP;
#endif
  LOAD(lookup, s, error, RING_SMALL, s->rodata->arm64 = arm64)
  if (!s) return bpf_refused(h, error, "probes of user space");
  error = -ENOENT;
  for (size_t i = 0; i < sizeof c_libraries / sizeof *c_libraries && error == -ENOENT; i++)
    error = probe_function(c_libraries[i], "getaddrinfo", s->progs.entered.prog_fd, s->progs.left.prog_fd);
  if (error) lookup_bpf__destroy(s);
  if (error == -ENOENT) return helper_reason(h, "no C library with getaddrinfo was found"), error;
  /* Kernels take cap_perfmon for this, or no longer do. */
  if (error == -EACCES || error == -EPERM) return helper_reason(h, "needs cap_sys_admin: root alone has it"), -EPERM;
  if (error) return bpf_refused(h, error, "probes of user space (CONFIG_UPROBES)");
  error = bpf_ring_open(&calls, s->maps.events.map_fd, RING_SMALL);
  if (error) return error;
  calls_lost = &s->bss->lost;
  return helper_poll(h, &bpf_lookup, s->maps.events.map_fd);
}

const struct feature bpf_lookup = {.name = "lookups", .tier = 4, .open = open_lookup, .ready = lookup_ready};
