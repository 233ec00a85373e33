#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/helper.h"

#define NICE 5

#ifndef __has_feature
#define __has_feature(x) 0
#endif

static int limit(int what, rlim_t most) {
  struct rlimit now;
  if (getrlimit(what, &now) < 0) return -errno;
  if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) most = now.rlim_max;
  return setrlimit(what, &(struct rlimit){most, most}) < 0 ? -errno : 0;
}

static int end_with_parent(void) {
  pid_t parent = getppid();
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return -errno;
  /* It may have ended before that. */
  return getppid() == parent ? 0 : -ESRCH;
}

int limit_self(void) {
  int error = 0;
  /* Who runs it may be nicer already, and the way back is not allowed. */
  if (getpriority(PRIO_PROCESS, 0) < NICE && setpriority(PRIO_PROCESS, 0, NICE) < 0) error = -errno;
  if (!error) error = limit(RLIMIT_CORE, 0);
  if (!error) error = limit(RLIMIT_NOFILE, 256);
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
  /* Own memory is some 10 MiB; a packet ring is mapped beside it. */
  if (!error) error = limit(RLIMIT_DATA, 64u << 20);
  if (!error) error = limit(RLIMIT_AS, 512u << 20);
#endif
  return error ? error : end_with_parent();
}

int drop_privileges(uid_t user, gid_t group) {
  /* Out of the bounding set first, while CAP_SETPCAP may still be there; without it the set does not matter, as
     no_new_privs below keeps any program from gaining by it. */
  for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++) prctl(PR_CAPBSET_DROP, cap);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (getuid() == 0 && user != 0) {
    if (setgroups(0, NULL) < 0 || setresgid(group, group, group) < 0 || setresuid(user, user, user) < 0) return -errno;
  }
  struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {0};
  if (syscall(SYS_capset, &head, none) < 0) return -errno;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) return -errno;
  if (user != 0 && setuid(0) == 0) return -EPERM;
  /* The kernel forgets it when ids change. */
  return prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : 0;
}
