#include "reasons.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BTF_MAGIC 0xeb9f
#define BTF_HEAD 24
#define TYPE_HEAD 12
#define KIND_MAX 19
#define ENUM 6
#define FILE_MAX (32u << 20)
#define PREFIX "SKB_DROP_REASON_"
/* Functions are shorter: what is farther away from the symbol before is none of it. */
#define FUNCTION_MAX 65536
#define LINES_AT_ONCE 4000

static uint32_t u32_at(const uint8_t *at) {
  uint32_t v;
  memcpy(&v, at, sizeof v);
  return v;
}

/* Bytes behind the head of a type; -1: not known. */
static long extra(uint32_t kind, uint32_t count) {
  static const int8_t fixed[KIND_MAX + 1] = {[1] = 4, [3] = 12, [14] = 4, [17] = 4};
  if (kind > KIND_MAX) return -1;
  if (kind == 4 || kind == 5 || kind == 15 || kind == 19) return 12l * count;
  if (kind == ENUM || kind == 13) return 8l * count;
  return fixed[kind];
}

static const char *text_at(const uint8_t *texts, size_t length, uint32_t offset) {
  if (offset >= length || !memchr(texts + offset, 0, length - offset)) return "";
  return (const char *)texts + offset;
}

static void take_names(struct reasons *r, const uint8_t *at, uint32_t count, const uint8_t *texts, size_t length) {
  for (uint32_t i = 0; i < count; i++, at += 8) {
    const char *name = text_at(texts, length, u32_at(at));
    uint32_t number = u32_at(at + 4);
    if (number >= REASONS_MAX) continue;
    if (strncmp(name, PREFIX, strlen(PREFIX)) == 0) name += strlen(PREFIX);
    snprintf(r->names[number], sizeof r->names[number], "%s", name);
    if (number >= r->count) r->count = number + 1;
  }
}

bool reasons_parse(struct reasons *r, const uint8_t *file, size_t length) {
  if (length < BTF_HEAD || (file[0] | file[1] << 8) != BTF_MAGIC) return false;
  uint64_t head = u32_at(file + 4), types = head + u32_at(file + 8), types_length = u32_at(file + 12);
  uint64_t texts = head + u32_at(file + 16), texts_length = u32_at(file + 20);
  if (types + types_length > length || texts + texts_length > length) return false;
  for (uint64_t at = types, end = types + types_length; at + TYPE_HEAD <= end;) {
    uint32_t info = u32_at(file + at + 4), kind = info >> 24 & 31, count = info & 0xffff;
    long more = extra(kind, count);
    if (more < 0 || at + TYPE_HEAD + (uint64_t)more > end) return false;
    if (kind == ENUM && strcmp(text_at(file + texts, texts_length, u32_at(file + at)), "skb_drop_reason") == 0) {
      take_names(r, file + at + TYPE_HEAD, count, file + texts, texts_length);
      return true;
    }
    at += TYPE_HEAD + (uint64_t)more;
  }
  return false;
}

bool reasons_load(struct reasons *r, const char *path) {
  struct stat about;
  r->symbols = fopen("/proc/kallsyms", "re");
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool found = false;
  if (fstat(fd, &about) == 0 && about.st_size > 0 && about.st_size <= FILE_MAX) {
    size_t size = (size_t)about.st_size, have = 0;
    uint8_t *file = malloc(size);
    while (file && have < size) {
      ssize_t n = read(fd, file + have, size - have);
      if (n <= 0) break;
      have += (size_t)n;
    }
    found = file && reasons_parse(r, file, have);
    free(file);
  }
  close(fd);
  return found;
}

const char *reasons_name(const struct reasons *r, uint32_t number) {
  return number < r->count && r->names[number][0] ? r->names[number] : NULL;
}

/* ---- places ---- */

bool reasons_symbol(const char *line, uint64_t *address, char *name, size_t size) {
  char *end;
  *address = strtoull(line, &end, 16);
  if (*address == 0 || end[0] != ' ' || (end[1] != 't' && end[1] != 'T') || end[2] != ' ') return false;
  size_t length = strcspn(end + 3, " \t\n");
  if (length == 0 || length >= size) return false;
  memcpy(name, end + 3, length);
  name[length] = 0;
  return true;
}

static void look(struct place *p, uint64_t address, const char *name) {
  if (address > p->address || address < p->best) return;
  p->best = address;
  snprintf(p->name, sizeof p->name, "%s+0x%llx", name, (unsigned long long)(p->address - address));
}

void reasons_scan(struct reasons *r) {
  char line[512], name[48];
  uint64_t address;
  if (!r->symbols || r->known == r->place_count) return;
  if (r->sought == r->known) {
    rewind(r->symbols);
    r->sought = r->place_count;
  }
  for (int i = 0; i < LINES_AT_ONCE; i++) {
    if (!fgets(line, sizeof line, r->symbols)) {
      for (; r->known < r->sought; r->known++) {
        struct place *p = &r->places[r->known];
        if (p->best == 0 || p->address - p->best > FUNCTION_MAX) p->name[0] = 0;
      }
      return;
    }
    if (!reasons_symbol(line, &address, name, sizeof name)) continue;
    for (size_t j = r->known; j < r->sought; j++) look(&r->places[j], address, name);
  }
}

int reasons_place(struct reasons *r, uint64_t address) {
  size_t i = 0;
  if (!r->symbols || address == 0) return -1;
  while (i < r->place_count && r->places[i].address != address) i++;
  if (i == PLACES_MAX) return -1;
  if (i == r->place_count) r->places[r->place_count++] = (struct place){.address = address};
  return (int)i;
}
