/* Calls of the C library's getaddrinfo, in whatever thread: when each began and ended. Probes of a function of user space. */
#include "common.h"

/* Set before loading: which registers hold the first argument and the result. */
const volatile bool arm64 = false;

/* By thread, from a call to its return. Threads that end in between are pushed out. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 1024);
  __type(key, u64);
  __type(value, struct nt_lookup);
} calls SEC(".maps");

/* struct pt_regs: x0 of arm64; di and ax of x86-64. Written out, as a compiler makes one read at a computed offset of two,
   which the kernel refuses. */
#define READ(registers, offset)                                                                           \
  ({                                                                                                      \
    u64 value;                                                                                            \
    asm volatile("%0 = *(u64 *)(%1 + " #offset ")" : "=r"(value) : "r"(registers));                       \
    value;                                                                                                \
  })
static __always_inline u64 argument(const void *registers) {
  return arm64 ? READ(registers, 0) : READ(registers, 112);
}
static __always_inline s32 result(const void *registers) {
  return (s32)(arm64 ? READ(registers, 0) : READ(registers, 80));
}

SEC("uprobe")
int entered(void *registers) {
  if (user != 0 && (u32)bpf_get_current_uid_gid() != user) return 0;
  struct nt_lookup call = {.begin = bpf_ktime_get_ns()};
  /* An address for the local machine has no name (NULL): there is nothing to look up. */
  if (bpf_probe_read_user_str(call.name, sizeof call.name, (const void *)argument(registers)) <= 1) return 0;
  u64 thread = bpf_get_current_pid_tgid();
  bpf_map_update_elem(&calls, &thread, &call, BPF_ANY);
  return 0;
}

SEC("uretprobe")
int left(void *registers) {
  u64 at = bpf_ktime_get_ns(), thread = bpf_get_current_pid_tgid();
  struct nt_lookup *call = bpf_map_lookup_elem(&calls, &thread);
  if (!call) return 0;
  struct nt_lookup *e = bpf_ringbuf_reserve(&events, sizeof *e, 0);
  if (e) {
    *e = *call;
    e->end = at;
    e->pid = process();
    e->result = result(registers);
    /* They are rare, and the helper sleeps until one is there. */
    bpf_ringbuf_submit(e, 0);
  } else {
    __sync_fetch_and_add(&lost, 1);
  }
  bpf_map_delete_elem(&calls, &thread);
  return 0;
}
