/* Connections as they come, change and go. */
#include "common.h"

#define ESTABLISHED 1
#define SYN_SENT 2
#define FIN_WAIT1 4
#define CLOSE 7
#define CLOSE_WAIT 8
#define LAST_ACK 9

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state, struct sock *sk, int from, int to) {
  if (!served(sk) || BPF_CORE_READ(sk, sk_protocol) != TCP) return 0;
  struct nt_event *e = begin(NT_STATE, sk, bpf_get_socket_cookie(sk));
  if (!e) return 0;
  e->a = from;
  e->b = to;
  /* All others may run in an interrupt, where the current process is the interrupted one. */
  if ((from == CLOSE && (to == SYN_SENT || to == TCP_LISTEN)) || (from == ESTABLISHED && to == FIN_WAIT1) ||
      (from == CLOSE_WAIT && to == LAST_ACK))
    e->pid = process();
  submit(e);
  return 0;
}
