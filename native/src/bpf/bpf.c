#include "bpf.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "skel_internal.h"

/* Younger than some C library's headers. */
#ifndef CAP_BPF
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif
#define BUSY (1u << 31)
#define DISCARDED (1u << 30)
#define RECORD_HEAD 8

int bpf_load_and_run(struct bpf_load_and_run_opts *opts) {
  union bpf_attr attr;
  int map = -1, program = -1, zero = 0, error;

  memset(&attr, 0, sizeof attr);
  attr.map_type = BPF_MAP_TYPE_ARRAY;
  attr.key_size = sizeof zero;
  attr.value_size = opts->data_sz;
  attr.max_entries = 1;
  error = map = bpf_call(BPF_MAP_CREATE, &attr, BPF_UP_TO(map_extra));
  if (error < 0) goto out;
  error = bpf_map_set(map, &zero, opts->data);
  if (error < 0) goto out;

  memset(&attr, 0, sizeof attr);
  attr.prog_type = BPF_PROG_TYPE_SYSCALL;
  attr.insns = (size_t)opts->insns;
  attr.insn_cnt = opts->insns_sz / sizeof(struct bpf_insn);
  attr.license = (size_t) "Dual BSD/GPL";
  attr.fd_array = (size_t)&map;
  attr.prog_flags = BPF_F_SLEEPABLE;
  error = program = bpf_call(BPF_PROG_LOAD, &attr, BPF_UP_TO(fd_array));
  if (error < 0) goto out;

  memset(&attr, 0, sizeof attr);
  attr.test.prog_fd = (__u32)program;
  attr.test.ctx_in = (size_t)opts->ctx;
  attr.test.ctx_size_in = opts->ctx->sz;
  error = bpf_call(BPF_PROG_RUN, &attr, BPF_UP_TO(test));
  if (error >= 0) error = (int)attr.test.retval < 0 ? (int)attr.test.retval : 0;
out:
  skel_closenz(map);
  skel_closenz(program);
  return error < 0 ? error : 0;
}

/* ---- maps ---- */

static int element(int cmd, int fd, const void *key, const void *value) {
  union bpf_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.map_fd = (__u32)fd;
  attr.key = (size_t)key;
  attr.value = (size_t)value;
  return bpf_call(cmd, &attr, BPF_UP_TO(flags));
}

int bpf_map_get(int fd, const void *key, void *value) { return element(BPF_MAP_LOOKUP_ELEM, fd, key, value); }
int bpf_map_set(int fd, const void *key, const void *value) { return element(BPF_MAP_UPDATE_ELEM, fd, key, value); }
int bpf_map_remove(int fd, const void *key) { return element(BPF_MAP_DELETE_ELEM, fd, key, NULL); }

uint64_t bpf_misses(int program) {
  struct bpf_prog_info info;
  union bpf_attr attr;
  memset(&info, 0, sizeof info);
  memset(&attr, 0, sizeof attr);
  attr.info.bpf_fd = (__u32)program;
  attr.info.info_len = sizeof info;
  attr.info.info = (size_t)&info;
  return bpf_call(BPF_OBJ_GET_INFO_BY_FD, &attr, BPF_UP_TO(info)) < 0 ? 0 : info.recursion_misses;
}

/* ---- rings ---- */

int bpf_ring_open(struct bpf_ring *r, int fd, size_t size) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  void *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (consumer == MAP_FAILED) return -errno;
  /* The data are mapped twice in a row, so that no record is split. */
  void *producer = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd, (off_t)page);
  if (producer == MAP_FAILED) {
    int error = -errno;
    munmap(consumer, page);
    return error;
  }
  *r = (struct bpf_ring){consumer, producer, size};
  return 0;
}

void bpf_ring_close(struct bpf_ring *r) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  munmap(r->consumer, page);
  munmap(r->producer, page + 2 * r->size);
}

bool bpf_ring_read(struct bpf_ring *r, size_t want, size_t most, void (*take)(void *, const void *), void *context,
                   uint64_t *broken) {
  const char *data = (const char *)r->producer + sysconf(_SC_PAGESIZE);
  unsigned long at = __atomic_load_n((unsigned long *)r->consumer, __ATOMIC_ACQUIRE);
  for (size_t taken = 0; at < __atomic_load_n((unsigned long *)r->producer, __ATOMIC_ACQUIRE); taken++) {
    if (taken == most) return false;
    const char *head = data + (at & (r->size - 1));
    uint32_t length = __atomic_load_n((const uint32_t *)(const void *)head, __ATOMIC_ACQUIRE);
    if (length & BUSY) return false;
    bool discarded = length & DISCARDED;
    length &= ~(BUSY | DISCARDED);
    if (!discarded && length == want) take(context, head + RECORD_HEAD);
    else if (!discarded) ++*broken;
    at += (length + RECORD_HEAD + 7) & ~7ul;
    __atomic_store_n((unsigned long *)r->consumer, at, __ATOMIC_RELEASE);
  }
  return true;
}

/* ---- loading ---- */

/* Number of the first namespace of processes, the same in each kernel. */
#define FIRST_PID_NAMESPACE 0xEFFFFFFCu

struct bpf_settings bpf_settings(const struct helper *h) {
  struct bpf_settings s = {.user = helper_user(h)};
  struct stat space;
  if (stat("/proc/self/ns/pid", &space) == 0 && space.st_ino != FIRST_PID_NAMESPACE) {
    /* As the kernel numbers devices, not as stat() gives them. */
    s.pid_device = (uint64_t)major(space.st_dev) << 20 | minor(space.st_dev);
    s.pid_inode = space.st_ino;
  }
  return s;
}

/* The kernel says EINVAL as well to who has but one of the two. */
static bool is_entitled(void) {
  struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {0};
  const uint32_t both = 1u << (CAP_PERFMON - 32) | 1u << (CAP_BPF - 32);
  if (syscall(SYS_capget, &head, data) < 0) return false;
  return (data[1].effective & both) == both || data[0].effective & 1u << CAP_SYS_ADMIN;
}

int bpf_refused(struct helper *h, int error, const char *what) {
  if (!is_entitled()) error = -EPERM;
  if (error == -EPERM) helper_reason(h, "needs cap_bpf, cap_perfmon and cap_net_admin");
  else if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
    helper_reason(h, "this kernel has no type information (CONFIG_DEBUG_INFO_BTF): its events need it");
  else if (error == -ENOENT || error == -ESRCH) helper_reason(h, "not on this kernel: it has no %s", what);
  else if (error == -ENOSYS) helper_reason(h, "not on this kernel: it has no bpf()");
  else if (error == -E2BIG || error == -EINVAL) helper_reason(h, "not on this kernel: 5.17 or later is needed for %s", what);
  else if (error == -EACCES) helper_reason(h, "not on this kernel: %s is another one there", what);
  return error;
}

int bpf_cgroup(void) {
  char line[512], path[256];
  FILE *mounts = fopen("/proc/self/mounts", "re");
  if (!mounts) return -errno;
  int fd = -ENOENT;
  while (fd < 0 && fgets(line, sizeof line, mounts)) {
    char type[32];
    if (sscanf(line, "%*s %255s %31s", path, type) != 2 || strcmp(type, "cgroup2") != 0) continue;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fd = -errno;
  }
  fclose(mounts);
  return fd;
}
