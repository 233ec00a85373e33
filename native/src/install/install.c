/* Puts a copy of this program where only root can change it, and gives that copy the capabilities that it needs: the one
   in the extension's folder can be changed by its user, and must never have any. */
#include "install.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/helper.h"
#include "core/version.h"

#define XATTR "security.capability"

const struct capability_name capability_names[] = {{"cap_net_raw", CAP_NET_RAW},
                                                   {"cap_net_admin", CAP_NET_ADMIN},
                                                   {"cap_bpf", 39},
                                                   {"cap_perfmon", 38},
                                                   {NULL, 0}};

void install_path(char *to, size_t size) { snprintf(to, size, INSTALL_ROOT "/" HELPER_VERSION "/" INSTALL_NAME); }

bool file_capabilities(int fd, uint64_t *to) {
  struct vfs_cap_data data;
  ssize_t n = fgetxattr(fd, XATTR, &data, sizeof data);
  if (n < (ssize_t)XATTR_CAPS_SZ_2) return false;
  *to = data.data[0].permitted | (uint64_t)data.data[1].permitted << 32;
  return true;
}

static int set_capabilities(int fd, uint64_t set) {
  struct vfs_cap_data data = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE};
  data.data[0].permitted = (uint32_t)set;
  data.data[1].permitted = (uint32_t)(set >> 32);
  return fsetxattr(fd, XATTR, &data, XATTR_CAPS_SZ_2, 0) < 0 ? -errno : 0;
}

/* ---- what is asked ---- */

struct plan {
  gid_t group;
  bool has_group, dry;
  char group_name[64];
  uint64_t capabilities;
};

static bool number_of(const char *text, unsigned long *to) {
  char *end;
  errno = 0;
  *to = strtoul(text, &end, 10);
  return *text && *end == 0 && errno == 0 && *to < UINT_MAX;
}

/* Finds the line of /etc/group or /etc/passwd with `key` in one field, and reads the number in another. Done here, as
   a static program cannot load the libraries that getgrnam() needs. */
static bool look_up(const char *file, const char *key, int key_field, int number_field, unsigned long *number, char *name,
                    size_t size) {
  char line[4096];
  bool found = false;
  FILE *in = fopen(file, "re");
  while (in && !found && fgets(line, sizeof line, in)) {
    char *fields[4] = {0}, *rest = line;
    for (int i = 0; i < 4 && rest; i++) fields[i] = strsep(&rest, ":\n");
    if (!fields[3] || strcmp(fields[key_field], key) != 0 || !number_of(fields[number_field], number)) continue;
    snprintf(name, size, "%s", fields[0]);
    found = true;
  }
  if (in) fclose(in);
  return found;
}

static bool group_by_name(struct plan *p, const char *name) {
  unsigned long id;
  if (!look_up("/etc/group", name, 0, 2, &id, p->group_name, sizeof p->group_name)) return false;
  p->group = (gid_t)id;
  return p->has_group = true;
}

/* The group of who called sudo or pkexec: of a user alone on most systems. */
static void group_of_caller(struct plan *p) {
  uid_t user;
  gid_t group;
  char text[16], name[64];
  unsigned long id;
  if (!calling_user(&user, &group) || user == 0) return;
  snprintf(text, sizeof text, "%u", user);
  if (!look_up("/etc/passwd", text, 2, 3, &id, name, sizeof name)) return;
  p->group = (gid_t)id;
  snprintf(text, sizeof text, "%u", p->group);
  if (!look_up("/etc/group", text, 2, 2, &id, p->group_name, sizeof p->group_name))
    snprintf(p->group_name, sizeof p->group_name, "%s", text);
  p->has_group = true;
}

static bool capabilities_of(const char *list, uint64_t *set) {
  *set = 0;
  while (*list) {
    size_t n = strcspn(list, ",");
    const struct capability_name *c = capability_names;
    while (c->name && (strlen(c->name) != n || strncmp(c->name, list, n) != 0)) c++;
    if (!c->name) return false;
    *set |= 1ull << c->number;
    list += n + (list[n] == ',');
  }
  return *set != 0;
}

static int usage(void) {
  fprintf(stderr,
          "nettrace-helper install [--group NAME] [--capabilities cap_net_raw,cap_net_admin,cap_bpf,cap_perfmon] [--dry-run]\n");
  return 2;
}

static bool read_plan(struct plan *p, int count, char **arguments) {
  *p = (struct plan){.capabilities = 0};
  for (const struct capability_name *c = capability_names; c->name; c++) p->capabilities |= 1ull << c->number;
  for (int i = 0; i < count; i++) {
    if (strcmp(arguments[i], "--dry-run") == 0) {
      p->dry = true;
    } else if (strcmp(arguments[i], "--group") == 0 && i + 1 < count) {
      if (!group_by_name(p, arguments[++i])) return fprintf(stderr, "there is no group %s\n", arguments[i]), false;
    } else if (strcmp(arguments[i], "--capabilities") == 0 && i + 1 < count) {
      if (!capabilities_of(arguments[++i], &p->capabilities)) return fprintf(stderr, "not known: %s\n", arguments[i]), false;
    } else {
      return usage(), false;
    }
  }
  if (!p->has_group) group_of_caller(p);
  return true;
}

/* ---- doing ---- */

static void out_capabilities(uint64_t set) {
  const char *between = "";
  for (const struct capability_name *c = capability_names; c->name; c++)
    if (set >> c->number & 1) {
      printf("%s%s", between, c->name);
      between = ",";
    }
}

static void describe(const struct plan *p, const char *path) {
  printf("Copies this program to %s\n", path);
  printf("  owner root, group %s, mode 0750: only members of that group can run it, only root can change it\n",
         p->has_group ? p->group_name : "(none: say --group NAME)");
  printf("  file capabilities ");
  out_capabilities(p->capabilities);
  printf("\n  cap_net_raw: packets   cap_net_admin: connection tracking   with cap_bpf, cap_perfmon: events of the kernel\n");
  printf("It gives them all up before it takes its first command. No service is installed, nothing runs by itself.\n");
  printf("To undo: sudo %s uninstall\n", path);
}

/* A folder that nobody but root can put something into; made if it is missing. Descriptor or -errno. */
static int folder(int parent, const char *name) {
  struct stat about;
  if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST) return -errno;
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  if (fstat(fd, &about) < 0 || about.st_uid != 0 || (about.st_mode & 022) != 0) {
    fprintf(stderr, "%s: others than root can change this folder\n", name);
    close(fd);
    return -EPERM;
  }
  return fd;
}

static int target_folder(void) {
  char path[] = INSTALL_ROOT "/" HELPER_VERSION;
  int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (char *part = strtok(path, "/"); part && fd >= 0; part = strtok(NULL, "/")) {
    int next = folder(fd, part);
    close(fd);
    fd = next;
  }
  return fd;
}

static int copy(int from, int to) {
  char buffer[65536];
  ssize_t n;
  while ((n = read(from, buffer, sizeof buffer)) > 0)
    if (write(to, buffer, (size_t)n) != n) return errno ? -errno : -EIO;
  return n < 0 ? -errno : 0;
}

static int place(const struct plan *p, int in, const char *temporary) {
  int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (self < 0) return -errno;
  int fd = openat(in, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  int error = fd < 0 ? -errno : copy(self, fd);
  if (!error && (fchown(fd, 0, p->group) < 0 || fchmod(fd, 0750) < 0)) error = -errno;
  if (!error) error = set_capabilities(fd, p->capabilities);
  if (!error && fsync(fd) < 0) error = -errno;
  if (fd >= 0) close(fd);
  close(self);
  if (!error && renameat(in, temporary, in, INSTALL_NAME) < 0) error = -errno;
  return error;
}

int run_install(int count, char **arguments) {
  struct plan p;
  char path[PATH_MAX], temporary[64];
  struct statvfs disk;
  if (!read_plan(&p, count, arguments)) return 2;
  install_path(path, sizeof path);
  describe(&p, path);
  if (p.dry) return 0;
  if (geteuid() != 0) return fprintf(stderr, "This needs root: run it with sudo.\n"), 5;
  if (!p.has_group) return fprintf(stderr, "Whom is it for? Say --group NAME, or run it with sudo.\n"), 2;
  if (p.group == 0) return fprintf(stderr, "The group root is nobody's: say --group NAME.\n"), 2;
  umask(022);
  int in = target_folder();
  if (in < 0) return fprintf(stderr, "%s: %s\n", path, strerror(-in)), 1;
  if (fstatvfs(in, &disk) == 0 && (disk.f_flag & ST_NOSUID)) {
    fprintf(stderr, "%s is on a file system that is mounted nosuid: file capabilities have no effect there.\n", path);
    return 1;
  }
  snprintf(temporary, sizeof temporary, ".new-%d", (int)getpid());
  int error = place(&p, in, temporary);
  if (error) unlinkat(in, temporary, 0);
  close(in);
  if (error) return fprintf(stderr, "%s: %s\n", path, strerror(-error)), 1;
  printf("Done.\n");
  return 0;
}

/* ---- undoing ---- */

/* One version's folder; what is not ours stays. */
static bool remove_version(int root, const char *version) {
  int in = openat(root, version, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (in < 0) return false;
  bool removed = unlinkat(in, INSTALL_NAME, 0) == 0;
  close(in);
  if (removed) printf("Removed " INSTALL_ROOT "/%s/" INSTALL_NAME "\n", version);
  unlinkat(root, version, AT_REMOVEDIR);
  return removed;
}

int run_uninstall(int count, char **arguments) {
  (void)arguments;
  if (count > 0) return fprintf(stderr, "nettrace-helper uninstall\n"), 2;
  if (geteuid() != 0) return fprintf(stderr, "This needs root: run it with sudo.\n"), 5;
  int root = open(INSTALL_ROOT, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *list = root < 0 ? NULL : fdopendir(dup(root));
  bool any = false;
  for (struct dirent *e = list ? readdir(list) : NULL; e; e = readdir(list))
    if (e->d_name[0] != '.') any |= remove_version(root, e->d_name);
  if (list) closedir(list);
  if (root >= 0) close(root);
  rmdir(INSTALL_ROOT);
  if (!any) printf("Nothing was installed.\n");
  return 0;
}
