/* Sockets that have ended, with their last figures, for some seconds: the host may ask to watch one that is gone. */
#pragma once
#include "decode.h"

struct destroyed {
  struct address local, remote;
  uint64_t cookie, at_ns;
  uint16_t info_length;
  uint8_t info[INFO_MAX];
};

/* The last one with these ends, if it ended less than 10 s before `now`. */
const struct destroyed *destroyed_find(const struct address *local, const struct address *remote, uint64_t now_ns);

/* diag.c: a watched one has ended. */
void diag_destroyed(struct helper *, const struct destroyed *);
extern const struct feature inet_diag;
