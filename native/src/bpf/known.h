/* What is known of sockets besides their events, and the figures in maps by cookie. */
#pragma once
#include "bpf.h"

#define FIGURES 4

struct known {
  uint64_t cookie, state_at, turn;
  uint32_t pid;
  uint8_t state;
  /* Of a watch that has ended: its last changes still go to the host. */
  char id[64];
  uint64_t ended;
  uint32_t sums[FIGURES];
};

/* Made if there is none. */
struct known *known_of(uint64_t cookie);
/* NULL: none. */
struct known *known_find(uint64_t cookie);
/* Those that changed since they were reported. */
void say_figures(struct helper *, const struct watch *);
