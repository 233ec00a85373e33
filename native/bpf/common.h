/* Shared by the programs: whom they serve, and how an event is written. */
#pragma once
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "event.h"

#define AF_INET 2
#define AF_INET6 10
#define TCP 6
#define UDP 17
#define TCP_TIME_WAIT 6
#define TCP_LISTEN 10
#define TCP_NEW_SYN_RECV 12

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Set before loading. User 0: everybody. Ids of processes are those of the helper's own namespace, if that is not the
   first one. */
const volatile unsigned int user = 0;
const volatile unsigned long long pid_device = 0, pid_inode = 0;

/* The helper gives it its size. */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} events SEC(".maps");
/* Events that found no room. */
unsigned long long lost = 0;

static __always_inline bool full(const struct sock *sk) {
  u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
  return state != TCP_TIME_WAIT && state != TCP_NEW_SYN_RECV;
}

/* A socket of IP that the user owns. Asked before anything else is done. */
static __always_inline bool served(const struct sock *sk) {
  if (!sk || !full(sk)) return false;
  if (user != 0 && BPF_CORE_READ(sk, sk_uid.val) != user) return false;
  u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
  return family == AF_INET || family == AF_INET6;
}

static __always_inline u32 process(void) {
  if (pid_inode == 0) return bpf_get_current_pid_tgid() >> 32;
  struct bpf_pidns_info info = {};
  return bpf_get_ns_current_pid_tgid(pid_device, pid_inode, &info, sizeof info) ? 0 : info.tgid;
}

/* NULL: no room. The caller fills what its kind has, then calls submit(). */
static __always_inline struct nt_event *begin(u8 kind, const struct sock *sk, u64 cookie) {
  struct nt_event *e = bpf_ringbuf_reserve(&events, sizeof *e, 0);
  if (!e) {
    __sync_fetch_and_add(&lost, 1);
    return 0;
  }
  __builtin_memset(e, 0, sizeof *e);
  e->at = bpf_ktime_get_ns();
  e->kind = kind;
  e->cookie = cookie;
  if (!sk) return e;
  e->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
  e->protocol = BPF_CORE_READ(sk, sk_protocol);
  e->state = BPF_CORE_READ(sk, __sk_common.skc_state);
  e->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
  e->remote_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
  e->family = BPF_CORE_READ(sk, __sk_common.skc_family);
  if (e->family == AF_INET) {
    BPF_CORE_READ_INTO((u32 *)e->local, sk, __sk_common.skc_rcv_saddr);
    BPF_CORE_READ_INTO((u32 *)e->remote, sk, __sk_common.skc_daddr);
  } else {
    BPF_CORE_READ_INTO((struct in6_addr *)e->local, sk, __sk_common.skc_v6_rcv_saddr);
    BPF_CORE_READ_INTO((struct in6_addr *)e->remote, sk, __sk_common.skc_v6_daddr);
  }
  return e;
}

/* The helper looks every few milliseconds: waking it for each event costs the program under test more. */
static __always_inline void submit(struct nt_event *e) { bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP); }
