/* The kernel's types that the programs touch, and of those the members alone that they read: CO-RE finds each by its
   name in the running kernel. Written by hand, so that building needs no kernel of a certain version. */
#pragma once
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u16 __le16;
typedef __u32 __wsum;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __s32 s32;
typedef __u64 u64;
typedef _Bool bool;

enum { false = 0, true = 1 };
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum bpf_map_type { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_LRU_HASH = 9, BPF_MAP_TYPE_RINGBUF = 27 };
enum { BPF_RB_NO_WAKEUP = 1 };

/* Stable interface of the kernel, not relocated. */
struct bpf_sock {
  __u32 bound_dev_if, family, type, protocol, mark, priority, src_ip4, src_ip6[4], src_port;
};
struct __sk_buff {
  __u32 len, pkt_type, mark, queue_mapping, protocol, vlan_present, vlan_tci, vlan_proto, priority, ingress_ifindex;
  __u32 ifindex, tc_index, cb[5], hash, tc_classid, data, data_end, napi_id, family, remote_ip4, local_ip4;
  __u32 remote_ip6[4], local_ip6[4], remote_port, local_port, data_meta;
  __u64 flow_keys, tstamp;
  __u32 wire_len, gso_segs;
  union {
    struct bpf_sock *sk;
    __u64 : 64;
  } __attribute__((aligned(8)));
  __u32 gso_size;
};
struct bpf_pidns_info {
  __u32 pid, tgid;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct in6_addr {
  union {
    __u8 u6_addr8[16];
  } in6_u;
};
typedef struct {
  __s64 counter;
} atomic64_t;
typedef struct {
  __u32 val;
} kuid_t;
struct ns_common {
  unsigned int inum;
};
struct net {
  struct ns_common ns;
};
typedef struct {
  struct net *net;
} possible_net_t;
struct sock_common {
  __be32 skc_daddr, skc_rcv_saddr;
  __be16 skc_dport;
  __u16 skc_num;
  unsigned short skc_family;
  volatile unsigned char skc_state;
  possible_net_t skc_net;
  struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
  atomic64_t skc_cookie;
};
struct sock {
  struct sock_common __sk_common;
  int sk_err, sk_err_soft;
  kuid_t sk_uid;
  u16 sk_protocol;
  u32 sk_ack_backlog, sk_max_ack_backlog;
};
struct inet_connection_sock {
  __u8 icsk_ca_state : 5;
  __u8 icsk_pending, icsk_retransmits;
};
struct tcp_sock {
  u32 total_retrans, undo_marker;
};
struct sk_buff {
  struct sock *sk;
  unsigned int len;
  unsigned char *head;
  __u16 network_header;
};
struct Qdisc;
struct netdev_queue;
#pragma clang attribute pop
