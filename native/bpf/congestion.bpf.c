#include "common.h"

SEC("tp_btf/tcp_cong_state_set")
int BPF_PROG(congestion, struct sock *sk, u8 to) {
  if (!served(sk)) return 0;
  u32 from = BPF_CORE_READ_BITFIELD_PROBED((struct inet_connection_sock *)(void *)sk, icsk_ca_state);
  if (from == to) return 0;
  struct nt_event *e = begin(NT_CONGESTION, sk, bpf_get_socket_cookie(sk));
  if (!e) return 0;
  e->a = from;
  e->b = to;
  submit(e);
  return 0;
}
