/* How long packets wait for the device in its queue; devices without one (loopback) have no such wait. */
#include "common.h"

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 8192);
  __type(key, u64);
  __type(value, u64);
} waiting SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, u64);
  __type(value, struct nt_queue);
} sockets SEC(".maps");

SEC("tp_btf/qdisc_enqueue")
int BPF_PROG(enters, struct Qdisc *queue, struct netdev_queue *device, struct sk_buff *skb) {
  if (!served(BPF_CORE_READ(skb, sk))) return 0;
  u64 key = (u64)skb, now = bpf_ktime_get_ns();
  bpf_map_update_elem(&waiting, &key, &now, BPF_ANY);
  return 0;
}

SEC("tp_btf/qdisc_dequeue")
int BPF_PROG(leaves, struct Qdisc *queue, struct netdev_queue *device, int packets, struct sk_buff *skb) {
  if (packets <= 0 || !skb) return 0;
  struct sock *sk = BPF_CORE_READ(skb, sk);
  if (!served(sk)) return 0;
  u64 key = (u64)skb, now = bpf_ktime_get_ns(), cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
  u64 *since = bpf_map_lookup_elem(&waiting, &key);
  if (!since || cookie == 0) return 0;
  u64 wait = now - *since;
  bpf_map_delete_elem(&waiting, &key);
  struct nt_queue *n = bpf_map_lookup_elem(&sockets, &cookie);
  if (!n) {
    struct nt_queue zero = {};
    bpf_map_update_elem(&sockets, &cookie, &zero, BPF_NOEXIST);
    n = bpf_map_lookup_elem(&sockets, &cookie);
    if (!n) return 0;
  }
  __sync_fetch_and_add(&n->packets, 1);
  __sync_fetch_and_add(&n->total, wait);
  if (wait > n->most) n->most = wait;
  return 0;
}
