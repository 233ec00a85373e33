/* Names that only the running kernel knows: why it dropped a packet, from its type information, and where. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define REASONS_MAX 256
#define PLACES_MAX 64

/* "function+0x1f": never the address itself, which would reveal the kernel's layout. */
struct place {
  uint64_t address, best;
  char name[64];
};

struct reasons {
  char names[REASONS_MAX][40];
  size_t count;
  /* /proc/kallsyms, opened while its addresses could be seen; NULL: not. */
  FILE *symbols;
  struct place places[PLACES_MAX];
  /* Known ones come first, then those that the scan under way looks for. */
  size_t place_count, known, sought;
};

/* Enumerators of `enum skb_drop_reason` in a file of type information; false: none. */
bool reasons_parse(struct reasons *, const uint8_t *file, size_t length);
bool reasons_load(struct reasons *, const char *path);
/* NULL: has no name. */
const char *reasons_name(const struct reasons *, uint32_t number);
/* Its index, whose name will be known after some scans; -1: none will. */
int reasons_place(struct reasons *, uint64_t address);
/* Reads on in the kernel's table, a few thousand lines: as a whole it takes longer than the helper may pause. */
void reasons_scan(struct reasons *);
/* One line of the table; false: no text symbol. */
bool reasons_symbol(const char *line, uint64_t *address, char *name, size_t size);
