#include "probe.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PMU "/sys/bus/event_source/devices/uprobe/"
/* Section and program headers of a library are some dozens, its functions some thousands. */
#define HEADERS 256
#define SYMBOLS 100000

/* ---- where a function is ---- */

struct bytes {
  const uint8_t *data;
  size_t size;
};

/* Copied, as a file's tables may stand at any address. */
static bool copy(const struct bytes *f, uint64_t at, void *to, size_t size) {
  if (at > f->size || size > f->size - at) return false;
  memcpy(to, f->data + at, size);
  return true;
}

/* From an address in memory to the place in the file. */
static bool placed(const struct bytes *f, const Elf64_Ehdr *head, uint64_t address, uint64_t *offset) {
  for (unsigned i = 0; i < head->e_phnum && i < HEADERS; i++) {
    Elf64_Phdr p;
    if (!copy(f, head->e_phoff + (uint64_t)i * sizeof p, &p, sizeof p)) return false;
    if (p.p_type != PT_LOAD || address < p.p_vaddr || address - p.p_vaddr >= p.p_filesz) continue;
    *offset = address - p.p_vaddr + p.p_offset;
    return *offset < f->size;
  }
  return false;
}

static bool is_named(const struct bytes *f, const Elf64_Shdr *names, uint32_t at, const char *function) {
  char name[64];
  size_t length = strlen(function) + 1;
  if (length > sizeof name || at >= names->sh_size || length > names->sh_size - at) return false;
  return copy(f, names->sh_offset + at, name, length) && memcmp(name, function, length) == 0;
}

bool probe_offset(const void *file, size_t size, const char *function, uint64_t *offset) {
  struct bytes f = {file, size};
  Elf64_Ehdr head;
  if (!copy(&f, 0, &head, sizeof head) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) return false;
  if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_phentsize != sizeof(Elf64_Phdr)) return false;
  if (head.e_shentsize != sizeof(Elf64_Shdr)) return false;
  for (unsigned i = 0; i < head.e_shnum && i < HEADERS; i++) {
    Elf64_Shdr table, names;
    if (!copy(&f, head.e_shoff + (uint64_t)i * sizeof table, &table, sizeof table)) return false;
    if (table.sh_type != SHT_DYNSYM || table.sh_link >= head.e_shnum) continue;
    if (!copy(&f, head.e_shoff + (uint64_t)table.sh_link * sizeof names, &names, sizeof names)) return false;
    for (uint64_t n = 0; n < table.sh_size / sizeof(Elf64_Sym) && n < SYMBOLS; n++) {
      Elf64_Sym s;
      if (!copy(&f, table.sh_offset + n * sizeof s, &s, sizeof s)) return false;
      if (s.st_value == 0 || ELF64_ST_TYPE(s.st_info) != STT_FUNC || !is_named(&f, &names, s.st_name, function)) continue;
      return placed(&f, &head, s.st_value, offset);
    }
  }
  return false;
}

static int offset_in(const char *path, const char *function, uint64_t *offset) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return -errno;
  struct stat s;
  int error = fstat(fd, &s) < 0 ? -errno : !S_ISREG(s.st_mode) || s.st_size <= 0 ? -ENOENT : 0;
  void *file = error ? MAP_FAILED : mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (!error && file == MAP_FAILED) error = -errno;
  close(fd);
  if (error) return error;
  bool found = probe_offset(file, (size_t)s.st_size, function, offset);
  munmap(file, (size_t)s.st_size);
  return found ? 0 : -ENOENT;
}

/* ---- attaching ---- */

/* A number that the kernel says of its probes: `24`, or `config:0`. -1: it does not. */
static int number_in(const char *path, const char *format) {
  int n = -1;
  FILE *file = fopen(path, "re");
  if (!file) return -1;
  if (fscanf(file, format, &n) != 1) n = -1;
  fclose(file);
  return n;
}

static int attach(const char *path, uint64_t offset, int type, uint64_t config, int program) {
  struct perf_event_attr attr = {.size = sizeof attr, .type = (uint32_t)type, .config = config};
  attr.config1 = (uint64_t)(size_t)path;
  attr.config2 = offset;
  /* All processes; the processor is a formality, as the probe is in the code. */
  int fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) return -errno;
  if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, program) == 0 && ioctl(fd, PERF_EVENT_IOC_ENABLE, 0) == 0) return 0;
  int error = -errno;
  close(fd);
  return error;
}

int probe_function(const char *path, const char *function, int entered, int left) {
  int type = number_in(PMU "type", "%d"), bit = number_in(PMU "format/retprobe", "config:%d");
  if (type < 0 || bit < 0 || bit > 63) return -ENOSYS;
  uint64_t offset;
  int error = offset_in(path, function, &offset);
  if (!error) error = attach(path, offset, type, 1ull << bit, left);
  return error ? error : attach(path, offset, type, 0, entered);
}
