/* Ground of the features that have programs in the kernel: rings, maps, and the way from an event to a watched
   connection. One skeleton a feature, as one that the kernel refuses must not take the others along. */
#pragma once
#include "core/feature.h"

#include "../../bpf/event.h"

struct bpf_ring {
  void *consumer, *producer;
  size_t size;
};

/* Descriptor of a ring map and its size. 0 or -errno. */
int bpf_ring_open(struct bpf_ring *, int fd, size_t size);
void bpf_ring_close(struct bpf_ring *);
/* At most `most` records; those that are not `want` long are counted as broken. False: there are more, or one is being
   written. */
bool bpf_ring_read(struct bpf_ring *, size_t want, size_t most, void (*take)(void *context, const void *record),
                   void *context, uint64_t *broken);

int bpf_map_get(int fd, const void *key, void *value);
int bpf_map_set(int fd, const void *key, const void *value);
int bpf_map_remove(int fd, const void *key);
/* How often the kernel passed a program over, as it was running on that processor already; 0: it does not say. */
uint64_t bpf_misses(int program);

/* Whom the programs serve, set before loading. */
struct bpf_settings {
  uint32_t user;
  uint64_t pid_device, pid_inode;
};
struct bpf_settings bpf_settings(const struct helper *);
/* Says why a skeleton was refused; gives the error back. */
int bpf_refused(struct helper *, int error, const char *what);
/* The folder of the cgroup v2 tree, opened; -errno. */
int bpf_cgroup(void);

struct bpf_written {
  int ring;
  size_t size;
  /* Events that found no room. */
  const volatile unsigned long long *lost;
  /* Descriptors of those that write them. */
  const int *programs;
  size_t program_count;
};
/* From now on the events of this ring go to those watches that they are of. */
int bpf_source(struct helper *, const struct feature *, const struct bpf_written *);
/* Figures in a map by cookie: those that changed are reported at each interval and when the watch ends. */
typedef void (*bpf_figures_say)(struct helper *, const struct feature *, const struct watch *, const void *value);
int bpf_figures(struct helper *, const struct feature *, int map, size_t size, bpf_figures_say);

/* Reads all rings now; true: what the kernel showed until now of who owns a socket is known. */
bool bpf_read(struct helper *);

/* Same in each feature with programs. */
void bpf_tick(struct helper *, uint64_t now);
void bpf_watched(struct helper *, const struct watch *);
void bpf_unwatched(struct helper *, const struct watch *);
/* Whose socket it is, as the program's own calls showed; 0: not known. */
void bpf_owner(uint64_t cookie, uint32_t pid);

/* One event as message (words.c). */
void bpf_event_say(struct helper *, const struct feature *, const struct nt_event *, const char *id, uint64_t since);
/* Names of reasons come from the running kernel (false: it does not name them); those of places follow bit by bit. */
bool bpf_reasons_load(void);
void bpf_places(struct helper *, const struct feature *);
