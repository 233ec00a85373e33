/* Features of features.c. */
#pragma once
#include "core/feature.h"

extern const struct feature bpf_state, bpf_retransmit, bpf_drop, bpf_reset, bpf_error, bpf_congestion, bpf_udp, bpf_delay,
    bpf_bytes, bpf_sizes, bpf_queue, bpf_lookup;
