/* The kernel's counters as /proc/net gives them. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define COUNTERS_MAX 768
#define COUNTER_NAME 48

struct counters {
  size_t count;
  struct {
    char name[COUNTER_NAME];
    uint64_t value;
  } list[COUNTERS_MAX];
};

/* Pairs of lines, names and values, each after its group ("Tcp: RetransSegs …"): snmp, netstat. */
void counters_pairs(struct counters *, const char *text, size_t length);
/* Lines "Name value": snmp6. */
void counters_lines(struct counters *, const char *text, size_t length);
/* NULL if there is none. */
const uint64_t *counter_of(const struct counters *, const char *name, size_t hint);
