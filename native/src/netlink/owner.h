/* Whether a socket belongs to the user that is served: what is not proved is not reported. */
#pragma once
#include "core/feature.h"

enum owner { OWNER_OTHER, OWNER_USER, OWNER_UNKNOWN };

/* The kernel showed whose it is from now on. */
void owner_learn(int protocol, const struct address *local, const struct address *remote, enum owner);
/* Asks the kernel if that is not known already; unknown: there is no such socket (any more). */
enum owner owner_of(const struct helper *, int protocol, const struct address *local, const struct address *remote);
