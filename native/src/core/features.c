#include "bpf/features.h"
#include "helper.h"

extern const struct feature capture, conntrack, icmp, listeners;
extern const struct feature inet_diag, tcp_destroy, route, counters;

/* In this order they are opened, notified of watches and asked; closed in the other. inetDiag comes before
   those that join by the cookie, as it finds it; route before inetDiag, as that takes a connection that has ended
   already out of the table; those that report packets behind the kernel's events, which show whose a socket was. */
const struct feature *const all_features[] = {
    &route,
    &inet_diag,
    &tcp_destroy,
    &counters,
    &listeners,
    &bpf_state,
    &bpf_retransmit,
    &bpf_drop,
    &bpf_reset,
    &bpf_error,
    &bpf_congestion,
    &bpf_udp,
    &bpf_delay,
    &bpf_bytes,
    &bpf_sizes,
    &bpf_queue,
    &bpf_lookup,
    &conntrack,
    &capture,
    &icmp,
    NULL,
};
