/* Packets that the kernel dropped, with its reason. Built twice: newer kernels also report the socket that the packet
   was for (DROP_SOCKET). */
#include "common.h"

/* 0 to 2: not dropped, consumed, not specified. */
#define FIRST_REASON 3
#define NO_HEADER 0xffff

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 8192);
  __type(key, struct nt_flow);
  __type(value, u32);
} flows SEC(".maps");

/* Which way it went, if the packet is one of a watched connection; the ends as the connection sees them. */
static __always_inline u32 watched(struct sk_buff *skb, struct nt_flow *flow) {
  u16 network = BPF_CORE_READ(skb, network_header);
  unsigned char *ip = BPF_CORE_READ(skb, head) + network;
  u8 first, head[40];
  if (network == NO_HEADER || bpf_probe_read_kernel(&first, 1, ip)) return 0;
  u32 length;
  if (first >> 4 == 4) {
    if (bpf_probe_read_kernel(head, 20, ip) || (head[6] & 0x1f) || head[7]) return 0;
    length = (first & 15) * 4;
    flow->family = AF_INET;
    flow->protocol = head[9];
    __builtin_memcpy(flow->source, head + 12, 4);
    __builtin_memcpy(flow->target, head + 16, 4);
  } else if (first >> 4 == 6) {
    if (bpf_probe_read_kernel(head, 40, ip)) return 0;
    length = 40;
    flow->family = AF_INET6;
    flow->protocol = head[6];
    __builtin_memcpy(flow->source, head + 8, 16);
    __builtin_memcpy(flow->target, head + 24, 16);
  } else {
    return 0;
  }
  if (flow->protocol != TCP && flow->protocol != UDP) return 0;
  if (bpf_probe_read_kernel(&flow->source_port, 4, ip + length)) return 0;
  u32 *way = bpf_map_lookup_elem(&flows, flow);
  return way ? *way : 0;
}

static __always_inline int dropped(struct sk_buff *skb, void *place, u32 reason, struct sock *found) {
  if (reason < FIRST_REASON) return 0;
  struct sock *sk = BPF_CORE_READ(skb, sk);
  struct nt_event *e;
  if (!sk && found) sk = found;
  if (served(sk)) {
    e = begin(NT_DROP, sk, BPF_CORE_READ(sk, __sk_common.skc_cookie.counter));
    if (!e) return 0;
    if (found) e->b = NT_RECEIVED;
  } else if (sk && full(sk)) {
    return 0;
  } else {
    struct nt_flow flow = {};
    u32 way = watched(skb, &flow);
    if (way == 0) return 0;
    e = begin(NT_DROP, 0, 0);
    if (!e) return 0;
    e->b = way;
    e->family = flow.family;
    e->protocol = flow.protocol;
    u16 source = __builtin_bswap16(flow.source_port), target = __builtin_bswap16(flow.target_port);
    e->local_port = way == NT_SENT ? source : target;
    e->remote_port = way == NT_SENT ? target : source;
    __builtin_memcpy(e->local, way == NT_SENT ? flow.source : flow.target, 16);
    __builtin_memcpy(e->remote, way == NT_SENT ? flow.target : flow.source, 16);
  }
  e->a = reason;
  e->value = (u64)place;
  e->bytes = BPF_CORE_READ(skb, len);
  submit(e);
  return 0;
}

#ifdef DROP_SOCKET
SEC("tp_btf/kfree_skb")
int BPF_PROG(drop, struct sk_buff *skb, void *place, u32 reason, struct sock *found) {
  return dropped(skb, place, reason, found);
}
#else
SEC("tp_btf/kfree_skb")
int BPF_PROG(drop, struct sk_buff *skb, void *place, u32 reason) { return dropped(skb, place, reason, 0); }
#endif
