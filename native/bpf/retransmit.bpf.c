#include "common.h"

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(retransmit, struct sock *sk, struct sk_buff *skb) {
  if (!served(sk)) return 0;
  struct nt_event *e = begin(NT_RETRANSMIT, sk, bpf_get_socket_cookie(sk));
  if (!e) return 0;
  struct inet_connection_sock *icsk = (void *)sk;
  e->a = BPF_CORE_READ_BITFIELD_PROBED(icsk, icsk_ca_state);
  e->b = BPF_CORE_READ(icsk, icsk_pending);
  e->c = BPF_CORE_READ((struct tcp_sock *)(void *)sk, total_retrans);
  e->bytes = BPF_CORE_READ(skb, len);
  /* Both 0: the path's MTU shrank, no timer ran out. */
  e->value = BPF_CORE_READ((struct tcp_sock *)(void *)sk, undo_marker) | (u64)BPF_CORE_READ(icsk, icsk_retransmits) << 32;
  submit(e);
  return 0;
}
