// with: bpf/probe.c
/* Where a function of a library is, from files that are whole, cut anywhere, or random. */
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "bpf/probe.h"
#include "check.h"

static uint8_t *file;
static size_t size;

static void read_own_library(char *path, size_t room) {
  Dl_info info;
  /* AddressSanitizer has functions of its own for others. */
  CHECK(dladdr((void *)(size_t)gnu_get_libc_version, &info) != 0);
  CHECK(strlen(info.dli_fname) < room);
  strcpy(path, info.dli_fname);
  FILE *f = fopen(path, "re");
  struct stat s;
  CHECK(f && fstat(fileno(f), &s) == 0);
  size = (size_t)s.st_size;
  file = malloc(size);
  CHECK(file && fread(file, 1, size, f) == size);
  fclose(f);
}

/* The linker's own word: the bytes at that place of the file are those in memory where the function is. */
static void is_where_the_linker_has_it(void) {
  uint64_t offset;
  const void *symbol = (const void *)(size_t)gnu_get_libc_version;
  CHECK(probe_offset(file, size, "gnu_get_libc_version", &offset));
  CHECK(offset < size - 8 && memcmp(file + offset, symbol, 8) == 0);
  CHECK(probe_offset(file, size, "getaddrinfo", &offset));
  CHECK(!probe_offset(file, size, "getaddrinf", &offset));
  CHECK(!probe_offset(file, size, "no_such_function", &offset));
  CHECK(!probe_offset(file, size, "", &offset));
}

/* Nothing outside of it is read: AddressSanitizer sees it. */
static void cut_files(void) {
  uint64_t offset;
  for (size_t n = 0; n < 256; n++) {
    uint8_t *part = exactly(file, n);
    CHECK(!probe_offset(part, n, "getaddrinfo", &offset));
    free(part);
  }
  for (int i = 0; i < 200; i++) {
    size_t n = random32() % size;
    uint8_t *part = exactly(file, n);
    if (probe_offset(part, n, "getaddrinfo", &offset)) CHECK(offset < n);
    free(part);
  }
}

static void broken_files(void) {
  uint64_t offset;
  for (int i = 0; i < 300; i++) {
    uint8_t *broken = exactly(file, size);
    for (int k = 0; k < 20; k++) {
      /* The head, or the tables at the end. */
      size_t at = random32() % 2 ? random32() % 1024 : size - 1 - random32() % 4096;
      broken[at] = (uint8_t)random32();
    }
    if (probe_offset(broken, size, "getaddrinfo", &offset)) CHECK(offset < size);
    free(broken);
  }
}

int main(void) {
  char path[4096];
  read_own_library(path, sizeof path);
  is_where_the_linker_has_it();
  cut_files();
  broken_files();
  CHECK(probe_function("/nowhere", "getaddrinfo", -1, -1) < 0);
  CHECK(probe_function("/dev/zero", "getaddrinfo", -1, -1) < 0);
  free(file);
  return 0;
}
