/* Probes of functions in user space (uprobes): a program of the kernel runs where a function of a library begins, and
   where it returns, in every process that has this file mapped. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a function of a shared library of ELF begins, as offset in its file. False: it has none of that name, or is no such
   file. Nothing outside of the `size` bytes is read. */
bool probe_offset(const void *file, size_t size, const char *function, uint64_t *offset);

/* Attaches both programs to a function of the file. They stay until the helper ends. 0 or -errno; -ENOENT: no such file or
   function, -ENOSYS: a kernel without uprobes. */
int probe_function(const char *path, const char *function, int entered, int left);
