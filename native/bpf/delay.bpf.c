/* How long data lay in the socket before the program read it: a busy event loop is seen here. */
#include "common.h"

#define MSG_PEEK 2

/* Shorter delays are not reported. */
const volatile unsigned long long least = 0;

struct arrival {
  u64 at;
  u32 count, zero;
};

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, u64);
  __type(value, struct arrival);
} arrivals SEC(".maps");

SEC("tp_btf/sk_data_ready")
int BPF_PROG(arrives, struct sock *sk) {
  if (!served(sk) || BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN) return 0;
  u64 cookie = bpf_get_socket_cookie(sk);
  struct arrival *known = bpf_map_lookup_elem(&arrivals, &cookie);
  if (known && known->at != 0) {
    __sync_fetch_and_add(&known->count, 1);
    return 0;
  }
  struct arrival first = {.at = bpf_ktime_get_ns(), .count = 1};
  bpf_map_update_elem(&arrivals, &cookie, &first, BPF_ANY);
  return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(reads, struct sock *sk, int result, int flags) {
  if (result <= 0 || (flags & MSG_PEEK) || !served(sk)) return 0;
  u64 cookie = bpf_get_socket_cookie(sk), now = bpf_ktime_get_ns();
  struct arrival *known = bpf_map_lookup_elem(&arrivals, &cookie);
  if (!known || known->at == 0) return 0;
  u64 at = known->at;
  u32 count = known->count;
  known->at = 0;
  if (now - at < least) return 0;
  struct nt_event *e = begin(NT_DELAY, sk, cookie);
  if (!e) return 0;
  e->value = at;
  e->at = now;
  e->a = count;
  e->bytes = result;
  e->pid = process();
  submit(e);
  return 0;
}
