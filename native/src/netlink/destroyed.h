/* Sockets that have ended, with their last figures, for some seconds: the host may ask to watch one that is gone. */
#pragma once
#include "decode.h"

struct destroyed {
  struct address local, remote;
  uint64_t cookie, at_ns;
  uint16_t info_length;
  uint8_t info[INFO_MAX];
};

/* Of those with these ends that ended in the last 10 s: the first that did so after `born_ns`, as the ends may have been
   used again since; when it was born is not known (0): the last. */
const struct destroyed *destroyed_find(const struct address *local, const struct address *remote, uint64_t born_ns,
                                       uint64_t now_ns);

/* diag.c: a watched one has ended. */
void diag_destroyed(struct helper *, const struct destroyed *);
extern const struct feature inet_diag;
