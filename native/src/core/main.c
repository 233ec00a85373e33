/* nettrace-helper: what the kernel knows of a user's connections, reported in frames. See ../README.md. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper.h"
#include "verbs.h"
#include "version.h"

static void usage(FILE *to) {
  fprintf(to,
          "nettrace-helper " HELPER_VERSION "\n"
          "  --stdio | --connect PATH   serve: frames on standard input and output, or on a socket it connects to\n"
          "  --features A,B             open only these (default: all)\n"
          "  --as-root                  serve root itself, when neither sudo nor pkexec started it\n"
          "  --version\n");
  for (const struct verb *v = all_verbs; v->name; v++) fprintf(to, "  %-26s %s\n", v->name, v->help);
}

static bool listed(const char *list, const char *name) {
  size_t n = strlen(name);
  for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
    if (strncmp(at, name, n) == 0 && (at[n] == 0 || at[n] == ',')) return true;
  return false;
}

static bool take_option(struct helper *h, char *argument) {
  if (strncmp(argument, "--", 2) != 0 || h->option_count == OPTIONS_MAX) return false;
  char *name = argument + 2, *value = strchr(name, '=');
  if (value) *value++ = 0;
  for (const struct feature *const *f = all_features; *f; f++)
    for (const char *const *o = (*f)->options; o && *o; o++)
      if (strcmp(*o, name) == 0) {
        h->options[h->option_count].name = name;
        h->options[h->option_count++].value = value ? value : "";
        return true;
      }
  return false;
}

static void open_features(struct helper *h, const char *only) {
  for (const struct feature *const *f = all_features; *f && h->feature_count < FEATURES_MAX; f++) {
    struct opened *o = &h->features[h->feature_count++];
    *o = (struct opened){.feature = *f};
    if (only && !listed(only, (*f)->name)) {
      snprintf(o->reason, sizeof o->reason, "not asked");
      continue;
    }
    h->opening = o;
    int error = (*f)->open(h);
    h->opening = NULL;
    o->available = error == 0;
    o->error = error < 0 ? -error : error;
  }
}

int main(int count, char **arguments) {
  /* Too large for the stack, and there is one. */
  static struct helper helper;
  struct helper *h = &helper;
  const char *path = NULL, *only = NULL;
  bool stdio = false, as_root = false;
  for (const struct verb *v = all_verbs; v->name && count > 1; v++)
    if (strcmp(arguments[1], v->name) == 0) return v->run(count - 2, arguments + 2);
  for (int i = 1; i < count; i++) {
    if (strcmp(arguments[i], "--version") == 0) return puts(HELPER_VERSION) < 0;
    if (strcmp(arguments[i], "--help") == 0) return usage(stdout), 0;
    if (strcmp(arguments[i], "--stdio") == 0) stdio = true;
    else if (strcmp(arguments[i], "--as-root") == 0) as_root = true;
    else if (strcmp(arguments[i], "--connect") == 0 && i + 1 < count) path = arguments[++i];
    else if (strcmp(arguments[i], "--features") == 0 && i + 1 < count) only = arguments[++i];
    else if (!take_option(h, arguments[i])) return fprintf(stderr, "unknown: %s\n", arguments[i]), usage(stderr), 2;
  }
  if (stdio == (path != NULL)) return usage(stderr), 2;
  calling_user(&h->user, &h->group);
  if (h->user == 0 && !as_root)
    return fprintf(stderr, "nettrace-helper: start it through sudo or pkexec, or say --as-root\n"), 2;

  if (count_instances() > INSTANCES_MAX)
    return fprintf(stderr, "nettrace-helper: this user runs %d helpers already; end one of them\n", INSTANCES_MAX), 6;
  signal(SIGPIPE, SIG_IGN);
  int error = limit_self();
  if (error) return fprintf(stderr, "nettrace-helper: own limits: %s\n", strerror(-error)), 3;
  h->in = STDIN_FILENO;
  h->out = STDOUT_FILENO;
  if (path) {
    int fd = connect_out(path, h->user);
    if (fd < 0) return fprintf(stderr, "nettrace-helper: %s: %s\n", path, strerror(-fd)), 4;
    h->in = h->out = fd;
  }
  fcntl(h->in, F_SETFL, fcntl(h->in, F_GETFL) | O_NONBLOCK);
  fcntl(h->out, F_SETFL, fcntl(h->out, F_GETFL) | O_NONBLOCK);
  if (!frames_in_open(&h->input) || !frames_out_open(&h->output, QUEUE_MAX)) return 3;
  open_features(h, only);
  error = drop_privileges(h->user, h->group);
  if (error) return fprintf(stderr, "nettrace-helper: privileges cannot be given up: %s\n", strerror(-error)), 5;
  say_hello(h);
  return run_loop(h);
}
