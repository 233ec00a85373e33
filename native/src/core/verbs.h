/* What is run and ends, beside the helper itself: arguments after the verb; exit status. */
#pragma once
#include <stddef.h>

struct verb {
  const char *name, *help;
  int (*run)(int count, char **arguments);
};

/* verbs.c, ended by a name of NULL */
extern const struct verb all_verbs[];
