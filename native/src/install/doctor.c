/* What works here, what does not, why, and what can be done: as text for people, as JSON for the extension. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/helper.h"
#include "install.h"
#include "core/version.h"

#define TIERS 5
/* No installation gives it. */
#define ROOT_ALONE 4

static const struct tier {
  const char *name, *needs;
} tiers[TIERS] = {{"figures of connections", "no privilege"},
                  {"packets", "cap_net_raw"},
                  {"connection tracking", "cap_net_admin"},
                  {"events of the kernel", "cap_bpf, cap_perfmon and cap_net_admin"},
                  {"calls of the C library", "root"}};

struct installed {
  char path[PATH_MAX];
  bool there, safe, usable, self;
  uint64_t capabilities;
};

static void find_installed(struct installed *i) {
  struct stat about, own;
  install_path(i->path, sizeof i->path);
  if (lstat(i->path, &about) < 0) return;
  i->there = true;
  i->safe = S_ISREG(about.st_mode) && about.st_uid == 0 && (about.st_mode & 022) == 0;
  i->usable = access(i->path, X_OK) == 0;
  i->self = stat("/proc/self/exe", &own) == 0 && own.st_dev == about.st_dev && own.st_ino == about.st_ino;
  int fd = open(i->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return;
  file_capabilities(fd, &i->capabilities);
  close(fd);
}

static void open_all(struct helper *h) {
  for (const struct feature *const *f = all_features; *f && h->feature_count < FEATURES_MAX; f++) {
    struct opened *o = &h->features[h->feature_count++];
    *o = (struct opened){.feature = *f};
    h->opening = o;
    int error = (*f)->open(h);
    h->opening = NULL;
    o->available = error == 0;
    o->error = error < 0 ? -error : error;
  }
}

/* Lowest tier that has something refused for want of a privilege that an installation would give; -1: none. */
static int refused_tier(const struct helper *h) {
  int lowest = -1;
  for (size_t i = 0; i < h->feature_count; i++) {
    const struct opened *o = &h->features[i];
    if (o->feature->tier == ROOT_ALONE) continue;
    if (!o->available && (o->error == EPERM || o->error == EACCES) && (lowest < 0 || o->feature->tier < lowest))
      lowest = o->feature->tier;
  }
  return lowest;
}

static const char *advice(const struct helper *h, const struct installed *i) {
  if (i->there && !i->safe) return "The installed copy can be changed by others than root: uninstall it, and install it again.";
  if (refused_tier(h) < 0) return NULL;
  if (i->self) return "This copy may do no more: it was installed with fewer capabilities, or runs where they do nothing "
                      "(no_new_privs, a container, a file system that is mounted nosuid).";
  if (i->there && i->usable) return "Use the installed copy.";
  if (i->there) return "A copy is installed for a group that you are no member of.";
  return "Install a copy with capabilities: sudo nettrace-helper install (see --dry-run), or start it for one run by sudo "
         "nettrace-helper --connect PATH.";
}

static void say_json(const struct helper *h, const struct installed *i, const struct utsname *kernel) {
  static char buffer[65536];
  struct out o;
  out_begin(&o, buffer, sizeof buffer);
  out_object(&o, NULL);
  out_text(&o, "version", HELPER_VERSION);
  out_text(&o, "kernel", kernel->release);
  out_text(&o, "machine", kernel->machine);
  out_u64(&o, "uid", getuid());
  out_object(&o, "installed");
  out_text(&o, "path", i->path);
  out_bool(&o, "there", i->there);
  if (i->there) {
    out_bool(&o, "safe", i->safe);
    out_bool(&o, "usable", i->usable);
    out_bool(&o, "self", i->self);
    out_array(&o, "capabilities");
    for (const struct capability_name *c = capability_names; c->name; c++)
      if (i->capabilities >> c->number & 1) out_text(&o, NULL, c->name);
    out_end_array(&o);
  }
  out_end_object(&o);
  out_array(&o, "features");
  for (size_t f = 0; f < h->feature_count; f++) {
    const struct opened *p = &h->features[f];
    out_object(&o, NULL);
    out_text(&o, "name", p->feature->name);
    out_u64(&o, "tier", (uint64_t)p->feature->tier);
    out_text(&o, "state", p->available ? "available" : "unavailable");
    if (!p->available) {
      out_u64(&o, "errno", (uint64_t)p->error);
      out_text(&o, "error", strerror(p->error));
      if (p->reason[0]) out_text(&o, "reason", p->reason);
      out_text(&o, "needs", tiers[p->feature->tier].needs);
    }
    out_end_object(&o);
  }
  out_end_array(&o);
  if (advice(h, i)) out_text(&o, "advice", advice(h, i));
  out_end_object(&o);
  fwrite(buffer, 1, o.length, stdout);
  putchar('\n');
}

static void say_text(const struct helper *h, const struct installed *i, const struct utsname *kernel) {
  printf("nettrace-helper " HELPER_VERSION ", Linux %s, %s, user %u\n", kernel->release, kernel->machine, getuid());
  for (int tier = 0; tier < TIERS; tier++) {
    printf("\n%s (%s)\n", tiers[tier].name, tiers[tier].needs);
    for (size_t f = 0; f < h->feature_count; f++) {
      const struct opened *p = &h->features[f];
      if (p->feature->tier != tier) continue;
      printf("  %-12s %s", p->feature->name, p->available ? "works" : "does not work: ");
      if (!p->available) printf("%s", p->reason[0] ? p->reason : strerror(p->error));
      putchar('\n');
    }
  }
  printf("\nInstalled copy: %s%s\n", i->there ? i->path : "none", i->there && !i->usable ? " (not for you)" : "");
  if (advice(h, i)) printf("%s\n", advice(h, i));
}

int run_doctor(int count, char **arguments) {
  static struct helper h;
  static struct installed i;
  struct utsname kernel;
  bool json = count == 1 && strcmp(arguments[0], "--json") == 0;
  if (count > 0 && !json) return fprintf(stderr, "nettrace-helper doctor [--json]\n"), 2;
  calling_user(&h.user, &h.group);
  uname(&kernel);
  find_installed(&i);
  open_all(&h);
  int error = drop_privileges(h.user, h.group);
  if (error) return fprintf(stderr, "nettrace-helper: privileges cannot be given up: %s\n", strerror(-error)), 5;
  if (json) say_json(&h, &i, &kernel);
  else say_text(&h, &i, &kernel);
  return 0;
}
