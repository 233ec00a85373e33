// with: bpf/words.c bpf/reasons.c bpf/bpf.c core/json.c core/out.c
/* Rings as the kernel fills them, names from its type information, and events in words: whole, cut and broken. */
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/bpf.h"
#include "check.h"
#include "bpf/reasons.h"

/* ---- what bpf/words.c asks of the loop ---- */

static struct out message;
static char text[8192];
static size_t sent, broken;

struct out *helper_message(struct helper *h, const char *type) {
  (void)h;
  out_begin(&message, text, sizeof text - 1);
  out_object(&message, NULL);
  out_text(&message, "t", type);
  return &message;
}
bool helper_send(struct helper *h, const struct feature *f) {
  (void)h, (void)f;
  out_end_object(&message);
  CHECK(!message.full);
  text[message.length] = 0;
  sent++;
  return true;
}
void helper_lost(struct helper *h, const struct feature *f, const char *what, uint64_t count) {
  (void)h, (void)f, (void)what;
  broken += count;
}
void helper_reason(struct helper *h, const char *format, ...) { (void)h, (void)format; }
uid_t helper_user(const struct helper *h) { return (void)h, 0; }

static bool says(const char *part) { return strstr(text, part) != NULL; }

static void words(void) {
  struct nt_event e = {.at = 100, .kind = NT_STATE, .cookie = 7, .pid = 9, .a = 2, .b = 1, .protocol = 6};
  bpf_event_say(NULL, NULL, &e, "c1", 40);
  CHECK(strcmp(text, "{\"t\":\"event\",\"id\":\"c1\",\"kind\":\"state\",\"at\":\"100\",\"cookie\":\"7\",\"pid\":9,"
                     "\"from\":\"syn-sent\",\"to\":\"established\",\"durationNs\":60}") == 0);
  static const struct {
    uint32_t congestion, timer;
    uint64_t lost;
    const char *kind;
  } kinds[] = {{4, 0, 1, "\"rto\""}, {3, 5, 0, "\"fast\""}, {0, 5, 0, "\"tlp\""}, {1, 5, 0, "\"tlp\""}, {0, 1, 0, NULL}, {4, 0, 0, NULL}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    e = (struct nt_event){.at = 1, .kind = NT_RETRANSMIT, .a = kinds[i].congestion, .b = kinds[i].timer, .value = kinds[i].lost};
    bpf_event_say(NULL, NULL, &e, "c", 0);
    CHECK(kinds[i].kind ? says(kinds[i].kind) : !says("retransmitKind"));
  }
  for (int round = 0; round < 100000; round++) {
    for (size_t i = 0; i < sizeof e; i++) ((uint8_t *)&e)[i] = (uint8_t)random32();
    if (round % 2) e.kind %= 12;
    if (round % 3) e.a %= 20;
    bpf_event_say(NULL, NULL, &e, "c", random32() % 2 ? e.at - 1 : 0);
  }
  CHECK(broken > 0 && sent > 10000);
}

/* ---- type information ---- */

#define TEXTS "\0skb_drop_reason\0SKB_DROP_REASON_NO_SOCKET\0SKB_DROP_REASON_NETFILTER_DROP\0SKB_CONSUMED"
static uint8_t file[1024];

static void put32(size_t at, uint32_t v) { memcpy(file + at, &v, 4); }

/* An integer, a structure of one member, and the enumeration. */
static size_t build(void) {
  size_t types = 24, at = types, n;
  memset(file, 0, sizeof file);
  file[0] = 0x9f, file[1] = 0xeb, file[2] = 1;
  put32(4, 24);
  put32(at + 4, 1u << 24), at += 16;
  put32(at + 4, 4u << 24 | 1), at += 24;
  put32(at, 1), put32(at + 4, 6u << 24 | 3), at += 12;
  put32(at, 17), put32(at + 4, 3), at += 8;
  put32(at, 43), put32(at + 4, 12), at += 8;
  put32(at, 74), put32(at + 4, 1), at += 8;
  n = sizeof TEXTS;
  memcpy(file + at, TEXTS, n);
  put32(8, 0), put32(12, (uint32_t)(at - types));
  put32(16, (uint32_t)(at - types)), put32(20, (uint32_t)n);
  return at + n;
}

static void names(void) {
  static struct reasons r;
  size_t n = build();
  CHECK(reasons_parse(&r, file, n));
  CHECK(strcmp(reasons_name(&r, 3), "NO_SOCKET") == 0 && strcmp(reasons_name(&r, 12), "NETFILTER_DROP") == 0);
  CHECK(strcmp(reasons_name(&r, 1), "SKB_CONSUMED") == 0 && !reasons_name(&r, 4) && !reasons_name(&r, 1u << 16));
  uint8_t to[2048];
  for (size_t i = 0; i < n; i++) {
    uint8_t *copy = exactly(file, i);
    memset(&r, 0, sizeof r);
    CHECK(!reasons_parse(&r, copy, i));
    free(copy);
  }
  for (int round = 0; round < 100000; round++) {
    size_t length = mutated(file, n, to, sizeof to);
    uint8_t *copy = exactly(to, length);
    reasons_parse(&r, copy, length);
    for (uint32_t i = 0; i < REASONS_MAX; i++) CHECK(!reasons_name(&r, i) || strlen(reasons_name(&r, i)) < 40);
    free(copy);
  }
}

static void places(void) {
  static struct reasons r;
  uint64_t address;
  char name[48];
  CHECK(reasons_symbol("ffffffff81000000 T _text\n", &address, name, sizeof name) && address == 0xffffffff81000000 &&
        strcmp(name, "_text") == 0);
  CHECK(reasons_symbol("ffffffffc0000010 t drop_it\t[nf_tables]\n", &address, name, sizeof name) && strcmp(name, "drop_it") == 0);
  static const char *const none[] = {"", "0000000000000000 T hidden\n", "ffffffff81000000 D data\n", "zz", "1 T \n",
                                     "1 T a_name_that_is_longer_than_there_is_room_for_in_it_at_all\n"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) CHECK(!reasons_symbol(none[i], &address, name, sizeof name));
  r.symbols = tmpfile();
  for (int i = 0; i < 10000; i++) fprintf(r.symbols, "%016x T f%d\n", 0x1000 + i * 16, i);
  CHECK(reasons_place(&r, 0x1000 + 16 * 77 + 5) == 0 && reasons_place(&r, 0x1000 + 16 * 77 + 5) == 0);
  CHECK(reasons_place(&r, 0x800) == 1 && reasons_place(&r, 0) == -1);
  reasons_scan(&r);
  CHECK(r.known == 0);
  CHECK(reasons_place(&r, 0x1000) == 2); /* comes while the table is read: its turn is next */
  for (int i = 0; i < 10; i++) reasons_scan(&r);
  CHECK(r.known == 3 && strcmp(r.places[0].name, "f77+0x5") == 0 && !r.places[1].name[0] && strcmp(r.places[2].name, "f0+0x0") == 0);
  for (uint32_t i = 0; i < 2 * PLACES_MAX; i++) CHECK(reasons_place(&r, 0x5000 + i) < PLACES_MAX);
  fclose(r.symbols);
}

/* ---- rings ---- */

#define RING 4096u
static uint64_t expected;

static void took(void *context, const void *record) {
  uint64_t v;
  (void)context;
  memcpy(&v, record, 8);
  CHECK(v == expected);
  expected++;
}

static void rings(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  int fd = memfd_create("ring", 0);
  CHECK(fd >= 0 && ftruncate(fd, (off_t)(page + page + RING)) == 0);
  uint8_t *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  uint8_t *area = mmap(NULL, page + 2 * RING, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(consumer != MAP_FAILED && area != MAP_FAILED);
  /* As the kernel maps it: the data twice. */
  CHECK(mmap(area, page + RING, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, (off_t)page) != MAP_FAILED);
  CHECK(mmap(area + page + RING, RING, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, (off_t)(2 * page)) != MAP_FAILED);
  struct bpf_ring r = {consumer, area, RING};
  unsigned long *produced = (void *)area;
  uint64_t written = 0, lost = 0, odd = 0;
  for (int round = 0; round < 20000; round++) {
    uint32_t kind = random32() % 8, length = kind == 0 ? 16 : 24, head[2] = {length | (kind == 1 ? 1u << 30 : 0), 0};
    uint8_t *to = area + page + (*produced & (RING - 1));
    memcpy(to + 8, &written, 8);
    memcpy(to, head, 8);
    if (kind > 1) written++;
    if (kind == 0) odd++;
    *produced += 8 + (length + 7) / 8 * 8;
    if (random32() % 30 && *produced - *(unsigned long *)(void *)consumer < RING - 64) continue;
    bpf_ring_read(&r, 24, 1 + random32() % 100, took, NULL, &lost);
    while (*produced != *(unsigned long *)(void *)consumer) bpf_ring_read(&r, 24, 100, took, NULL, &lost);
    CHECK(expected == written && lost == odd);
  }
  while (!bpf_ring_read(&r, 24, 100, took, NULL, &lost)) {
  }
  /* One that is still being written is waited for. */
  uint32_t busy[2] = {24 | 1u << 31, 0};
  memcpy(area + page + (*produced & (RING - 1)), busy, 8);
  *produced += 32;
  unsigned long read = *(unsigned long *)(void *)consumer;
  CHECK(!bpf_ring_read(&r, 24, 100, took, NULL, &lost) && *(unsigned long *)(void *)consumer == read);
}

int main(void) {
  words();
  names();
  places();
  rings();
  return 0;
}
