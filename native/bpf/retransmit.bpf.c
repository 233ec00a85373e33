#include "common.h"

/* By cookie: the kernel's count at the last event. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, u64);
  __type(value, u32);
} totals SEC(".maps");

/* Newer kernels also report an attempt that sent nothing (the first copy is still in the device): same total. */
static __always_inline bool sent(u64 cookie, u32 total) {
  u32 *before = bpf_map_lookup_elem(&totals, &cookie);
  if (total == (before ? *before : 0)) return false;
  bpf_map_update_elem(&totals, &cookie, &total, BPF_ANY);
  return true;
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(retransmit, struct sock *sk, struct sk_buff *skb) {
  if (!served(sk)) return 0;
  u64 cookie = bpf_get_socket_cookie(sk);
  u32 total = BPF_CORE_READ((struct tcp_sock *)(void *)sk, total_retrans);
  if (!sent(cookie, total)) return 0;
  struct nt_event *e = begin(NT_RETRANSMIT, sk, cookie);
  if (!e) return 0;
  struct inet_connection_sock *icsk = (void *)sk;
  e->a = BPF_CORE_READ_BITFIELD_PROBED(icsk, icsk_ca_state);
  e->b = BPF_CORE_READ(icsk, icsk_pending);
  e->c = total;
  e->bytes = BPF_CORE_READ(skb, len);
  /* Both 0: the path's MTU shrank, no timer ran out. */
  e->value = BPF_CORE_READ((struct tcp_sock *)(void *)sk, undo_marker) | (u64)BPF_CORE_READ(icsk, icsk_retransmits) << 32;
  submit(e);
  return 0;
}
