/* Datagrams that had come and found no room in their socket. */
#include "common.h"

SEC("tp_btf/udp_fail_queue_rcv_skb")
int BPF_PROG(udp, int error, struct sock *sk) {
  if (!served(sk)) return 0;
  struct nt_event *e = begin(NT_UDP_DROP, sk, bpf_get_socket_cookie(sk));
  if (!e) return 0;
  e->a = error < 0 ? -error : error;
  submit(e);
  return 0;
}
