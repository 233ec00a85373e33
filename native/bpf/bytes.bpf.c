/* Packets and bytes of each socket at the network layer, marks of congestion, and when the first byte of an answer came.
   Every way out returns 1: let the packet pass. */
#include "common.h"

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 8192);
  __type(key, u64);
  __type(value, struct nt_bytes);
} sockets SEC(".maps");

/* Local ports that the user's datagrams had: another user's socket may get one of them next. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 8192);
  __type(key, u32);
  __type(value, u8);
} ports SEC(".maps");

/* The kernel's own: programs of cgroups get a view of it, at its address. */
static __always_inline const struct sock *socket_of(struct bpf_sock *view) {
  const struct sock *sk = 0;
  bpf_probe_read_kernel(&sk, sizeof sk, &view);
  return sk;
}

/* The owner of a datagram is known only while its socket exists, which may be a millisecond: it is reported at once. */
static __always_inline void new_socket(struct __sk_buff *skb, u64 cookie, bool users) {
  u8 head[40];
  u16 ends[2];
  if (bpf_skb_load_bytes(skb, 0, head, 20)) return;
  u32 family = head[0] >> 4 == 4 ? AF_INET : AF_INET6, length = family == AF_INET ? (head[0] & 15) * 4 : 40;
  if ((family == AF_INET ? head[9] : head[6]) != UDP) return;
  if (family == AF_INET6 && bpf_skb_load_bytes(skb, 0, head, 40)) return;
  if (bpf_skb_load_bytes(skb, length, ends, 4)) return;
  u32 port = __builtin_bswap16(ends[0]);
  u8 one = 1;
  if (users) bpf_map_update_elem(&ports, &port, &one, BPF_ANY);
  struct nt_event *e = begin(NT_SOCKET, 0, cookie);
  if (!e) return;
  e->a = !users;
  e->family = family;
  e->protocol = UDP;
  e->local_port = port;
  e->remote_port = __builtin_bswap16(ends[1]);
  if (family == AF_INET) {
    __builtin_memcpy(e->local, head + 12, 4);
    __builtin_memcpy(e->remote, head + 16, 4);
  } else {
    __builtin_memcpy(e->local, head + 8, 16);
    __builtin_memcpy(e->remote, head + 24, 16);
  }
  /* The same ends may be there in another namespace too. */
  e->netns = BPF_CORE_READ(socket_of(skb->sk), __sk_common.skc_net.net, ns.inum);
  submit(e);
}

static __always_inline struct nt_bytes *of(struct __sk_buff *skb, u64 cookie, bool sent) {
  struct nt_bytes *n = bpf_map_lookup_elem(&sockets, &cookie);
  if (n) return n;
  struct nt_bytes zero = {};
  bpf_map_update_elem(&sockets, &cookie, &zero, BPF_NOEXIST);
  if (sent) new_socket(skb, cookie, true);
  return bpf_map_lookup_elem(&sockets, &cookie);
}

/* Bytes behind the headers; 0 for what is no TCP or UDP, or has headers in between. */
static __always_inline u32 payload(struct __sk_buff *skb, bool *marked) {
  u8 head[40], offset;
  if (bpf_skb_load_bytes(skb, 0, head, 20)) return 0;
  u32 length, protocol;
  if (head[0] >> 4 == 4) {
    length = (head[0] & 15) * 4;
    protocol = head[9];
    *marked = (head[1] & 3) == 3;
  } else {
    length = 40;
    protocol = head[6];
    *marked = (head[1] >> 4 & 3) == 3;
  }
  if (protocol == UDP) length += 8;
  else if (protocol == TCP && !bpf_skb_load_bytes(skb, length + 12, &offset, 1)) length += (offset >> 4) * 4;
  else return 0;
  return skb->len > length ? skb->len - length : 0;
}

static __always_inline void first_byte(struct __sk_buff *skb, u64 cookie, u64 at, u64 since, u32 bytes) {
  struct nt_event *e = begin(NT_FIRST_BYTE, 0, cookie);
  if (!e) return;
  e->at = at;
  e->value = since;
  e->bytes = bytes;
  submit(e);
}

/* Of another user, from a port that the user had. */
static __always_inline void not_users(struct __sk_buff *skb) {
  u32 port = skb->sk ? skb->sk->src_port : 0;
  if (port != 0 && bpf_map_lookup_elem(&ports, &port)) new_socket(skb, bpf_get_socket_cookie(skb), false);
}

static __always_inline int count(struct __sk_buff *skb, bool sent) {
  if (!skb->sk) return 1;
  if (user != 0 && bpf_get_socket_uid(skb) != user) {
    if (sent) not_users(skb);
    return 1;
  }
  u64 cookie = bpf_get_socket_cookie(skb), now = bpf_ktime_get_ns();
  struct nt_bytes *n = cookie ? of(skb, cookie, sent) : 0;
  if (!n) return 1;
  bool marked = false;
  u32 bytes = payload(skb, &marked), packets = skb->gso_segs ?: 1;
  if (sent) {
    __sync_fetch_and_add(&n->sent_packets, packets);
    __sync_fetch_and_add(&n->sent_bytes, skb->len);
    if (bytes == 0) return 1;
    if (n->first_sent == 0) n->first_sent = now;
    n->last_sent = now;
    if (n->turn == 0) n->turn = now;
    return 1;
  }
  __sync_fetch_and_add(&n->received_packets, packets);
  __sync_fetch_and_add(&n->received_bytes, skb->len);
  if (marked) __sync_fetch_and_add(&n->received_ce, packets);
  if (bytes == 0) return 1;
  if (n->first_received == 0) n->first_received = now;
  n->last_received = now;
  if (n->turn != 0) {
    first_byte(skb, cookie, now, n->turn, bytes);
    n->turn = 0;
  }
  return 1;
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *skb) { return count(skb, true); }

SEC("cgroup_skb/ingress")
int ingress(struct __sk_buff *skb) { return count(skb, false); }

/* By the program, before its port is free. */
SEC("cgroup/sock_release")
int closed(struct bpf_sock *sk) {
  if (sk->protocol != UDP) return 1;
  const struct sock *own = socket_of(sk);
  if (!served(own)) return 1;
  struct nt_event *e = begin(NT_CLOSED, own, bpf_get_socket_cookie(sk));
  if (e) submit(e);
  return 1;
}
