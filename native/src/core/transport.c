#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "helper.h"

static bool id_of(const char *name, unsigned long *to) {
  const char *text = getenv(name);
  if (!text || !*text) return false;
  char *end;
  errno = 0;
  *to = strtoul(text, &end, 10);
  return errno == 0 && *end == 0 && *to < (unsigned long)(uint32_t)-1;
}

bool calling_user(uid_t *user, gid_t *group) {
  *user = getuid();
  *group = getgid();
  if (*user != 0) return true;
  unsigned long id, other;
  if (id_of("SUDO_UID", &id)) {
    *user = (uid_t)id;
    /* Without SUDO_GID, the user's id is used: a group that grants nothing. */
    *group = id_of("SUDO_GID", &other) ? (gid_t)other : (gid_t)id;
  } else if (id_of("PKEXEC_UID", &id)) {
    *user = (uid_t)id;
    *group = (gid_t)id;
  }
  return true;
}

int connect_out(const char *path, uid_t user) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof to.sun_path) return -ENAMETOOLONG;
  strcpy(to.sun_path, path);
  struct stat about;
  if (lstat(path, &about) < 0) return -errno;
  if (!S_ISSOCK(about.st_mode) || about.st_uid != user || (about.st_mode & 077) != 0) return -EPERM;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
    int error = -errno;
    close(fd);
    return error;
  }
  /* Of the process that called listen(): detects that the file has been replaced in between. */
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 || peer.uid != user) {
    close(fd);
    return -EPERM;
  }
  return fd;
}
