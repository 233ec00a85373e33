/* How much each call took or gave, and whose socket it is: these run in the calls of the program itself. */
#include "common.h"

#define MSG_PEEK 2

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, u64);
  __type(value, struct nt_sizes);
} sockets SEC(".maps");

static __always_inline u32 bucket(u32 n) {
  u32 b = 0;
  if (n >> 16) b += 16, n >>= 16;
  if (n >> 8) b += 8, n >>= 8;
  if (n >> 4) b += 4, n >>= 4;
  if (n >> 2) b += 2, n >>= 2;
  if (n >> 1) b += 1;
  return b < NT_BUCKETS ? b : NT_BUCKETS - 1;
}

static __always_inline int count(struct sock *sk, int result, bool sent) {
  if (result <= 0 || !served(sk)) return 0;
  u64 cookie = bpf_get_socket_cookie(sk);
  struct nt_sizes *n = bpf_map_lookup_elem(&sockets, &cookie);
  if (!n) {
    struct nt_sizes zero = {};
    bpf_map_update_elem(&sockets, &cookie, &zero, BPF_NOEXIST);
    n = bpf_map_lookup_elem(&sockets, &cookie);
    if (!n) return 0;
  }
  n->pid = process();
  u32 b = bucket(result);
  if (b >= NT_BUCKETS) return 0;
  __sync_fetch_and_add(sent ? &n->send[b] : &n->receive[b], 1);
  return 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(sends, struct sock *sk, int result) { return count(sk, result, true); }

SEC("tp_btf/sock_recv_length")
int BPF_PROG(receives, struct sock *sk, int result, int flags) {
  return flags & MSG_PEEK ? 0 : count(sk, result, false);
}
