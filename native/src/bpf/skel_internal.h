/* What the generated skeletons call: bpf(2) with nothing in between. Stands in for libbpf's header of this name, so that
   building needs the kernel's own headers alone. */
#pragma once
#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Layout of the loader's context, as bpftool generates it. */
struct bpf_map_desc {
  int map_fd;
  __u32 max_entries;
  __u64 initial_value __attribute__((aligned(8)));
};
struct bpf_prog_desc {
  int prog_fd;
};
struct bpf_loader_ctx {
  __u32 sz, flags, log_level, log_size;
  __u64 log_buf;
};
struct bpf_load_and_run_opts {
  struct bpf_loader_ctx *ctx;
  const void *data, *insns;
  __u32 data_sz, insns_sz;
  const char *errstr;
};

#define BPF_UP_TO(member) (offsetof(union bpf_attr, member) + sizeof(((union bpf_attr *)0)->member))

static inline int bpf_call(int cmd, union bpf_attr *attr, size_t size) {
  int result = (int)syscall(__NR_bpf, cmd, attr, size);
  return result < 0 ? -errno : result;
}

static inline void *skel_alloc(size_t size) { return calloc(1, size); }
static inline void skel_free(const void *p) { free((void *)(size_t)p); }
static inline int skel_closenz(int fd) { return fd > 0 ? close(fd) : 0; }
static inline void skel_free_map_data(void *p, __u64 address, size_t size) {
  (void)address;
  if (p) munmap(p, size);
}

static inline void *skel_prep_map_data(const void *value, size_t map_size, size_t value_size) {
  void *p = mmap(NULL, map_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return p == MAP_FAILED ? NULL : memcpy(p, value, value_size);
}

static inline void *skel_finalize_map_data(__u64 *value, size_t map_size, int protection, int fd) {
  void *p = mmap((void *)(size_t)*value, map_size, protection, MAP_SHARED | MAP_FIXED, fd, 0);
  return p == MAP_FAILED ? NULL : p;
}

static inline int skel_raw_tracepoint_open(const char *name, int program) {
  union bpf_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.raw_tracepoint.name = (size_t)name;
  attr.raw_tracepoint.prog_fd = (__u32)program;
  return bpf_call(BPF_RAW_TRACEPOINT_OPEN, &attr, BPF_UP_TO(raw_tracepoint.prog_fd));
}

static inline int skel_link_create(int program, int target, enum bpf_attach_type type) {
  union bpf_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.link_create.prog_fd = (__u32)program;
  attr.link_create.target_fd = (__u32)target;
  attr.link_create.attach_type = type;
  return bpf_call(BPF_LINK_CREATE, &attr, BPF_UP_TO(link_create.iter_info_len));
}

/* The loader is a BPF program itself: the kernel runs it, and it creates the maps and loads the programs. */
int bpf_load_and_run(struct bpf_load_and_run_opts *);
