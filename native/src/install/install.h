/* Where the privileged copy is installed, and which capabilities it gets. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define INSTALL_ROOT "/usr/local/libexec/nettrace"
#define INSTALL_NAME "nettrace-helper"

struct capability_name {
  const char *name;
  int number;
};
/* Ended by a name of NULL. */
extern const struct capability_name capability_names[];

/* Path of the copy of this version. */
void install_path(char *to, size_t size);
/* Permitted capabilities of a file, as bits; false: it has none. */
bool file_capabilities(int fd, uint64_t *to);

int run_install(int count, char **arguments);
int run_uninstall(int count, char **arguments);
int run_doctor(int count, char **arguments);
