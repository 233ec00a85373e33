/* What the kernel reports to a socket: refused, unreachable, timed out. */
#include "common.h"

SEC("tp_btf/inet_sk_error_report")
int BPF_PROG(report, struct sock *sk) {
  if (!served(sk)) return 0;
  struct nt_event *e = begin(NT_ERROR, sk, bpf_get_socket_cookie(sk));
  if (!e) return 0;
  e->a = BPF_CORE_READ(sk, sk_err);
  e->b = BPF_CORE_READ(sk, sk_err_soft);
  submit(e);
  return 0;
}
