/* What the programs in the kernel hand to the helper: one layout for the events of all. Instants are CLOCK_MONOTONIC, in ns. */
#pragma once

enum nt_kind {
  NT_STATE = 1,   /* a: state before, b: state after; pid where the change is made by the program's own call */
  NT_RETRANSMIT,  /* a: congestion state, b: timer that is due, c: retransmits so far; value: 0 if not lost; bytes */
  NT_DROP,        /* a: reason, b: 1 received, 2 sent, 0 not known; value: place in the kernel; bytes */
  NT_RESET_SENT,
  NT_RESET_RECEIVED,
  NT_ERROR,       /* a: errno, b: errno that is not yet reported */
  NT_CONGESTION,  /* a: congestion state before, b: after */
  NT_UDP_DROP,    /* a: errno */
  NT_FIRST_BYTE,  /* value: when the first payload since the last received was sent; bytes */
  NT_SOCKET,      /* the user has this socket for datagrams; a: 1 if it is another user's, on a port that the user had */
  NT_DELAY,       /* value: when data came for a socket without unread data; at: when it was read; a: arrivals; pid */
  NT_CLOSED,      /* a socket of the user's for datagrams was closed */
};

struct nt_event {
  unsigned long long at, cookie, value;
  unsigned int netns, pid, bytes, a, b, c;
  /* Host order. */
  unsigned short local_port, remote_port;
  unsigned char family, kind, protocol, state;
  unsigned char local[16], remote[16];
};

/* Both ways of a watched connection, for packets that know no socket. Ports in network order, as in the packet. */
struct nt_flow {
  unsigned int netns;
  unsigned short source_port, target_port;
  unsigned char family, protocol, zero[2];
  unsigned char source[16], target[16];
};
enum { NT_SENT = 1, NT_RECEIVED = 2 };

/* Of one socket, at the network layer. `bytes` are of IP packets, before they are cut into segments. */
struct nt_bytes {
  unsigned long long sent_packets, sent_bytes, received_packets, received_bytes, received_ce;
  unsigned long long first_sent, last_sent, first_received, last_received;
  /* When the program began to send what nothing has come back for yet. */
  unsigned long long turn;
};

/* log2 of what one call took or gave: bucket n holds sizes from 2^n to 2^(n+1)-1, the last one all above. */
#define NT_BUCKETS 24
struct nt_sizes {
  unsigned int send[NT_BUCKETS], receive[NT_BUCKETS];
  unsigned int pid, zero;
};

struct nt_queue {
  unsigned long long packets, total, most;
};

/* One call of getaddrinfo. `result`: 0, or EAI_… of the C library; the name as it was given, cut if it is longer. */
struct nt_lookup {
  unsigned long long begin, end;
  unsigned int pid;
  int result;
  char name[256];
};
