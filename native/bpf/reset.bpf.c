#include "common.h"

static __always_inline int reset(u8 kind, struct sock *sk) {
  /* No socket: the answer to a packet that nobody waits for. */
  if (!served(sk)) return 0;
  struct nt_event *e = begin(kind, sk, BPF_CORE_READ(sk, __sk_common.skc_cookie.counter));
  if (e) submit(e);
  return 0;
}

SEC("tp_btf/tcp_send_reset")
int BPF_PROG(sent, struct sock *sk) { return reset(NT_RESET_SENT, sk); }

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(received, struct sock *sk) { return reset(NT_RESET_RECEIVED, sk); }
