/* counters: what the kernel counted in this network namespace, as the difference over a time. No privilege is needed. */
#include "counters.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/helper.h"

extern const struct feature counters;

/* Reported even when they have not changed. */
static const char *const always[] = {
    "TcpActiveOpens",     "TcpAttemptFails",      "TcpEstabResets",     "TcpInSegs",
    "TcpOutSegs",         "TcpRetransSegs",       "TcpInErrs",          "TcpOutRsts",
    "TcpExtTCPTimeouts",  "TcpExtTCPSynRetrans",  "TcpExtListenDrops",  "TcpExtListenOverflows",
    "UdpInErrors",        "UdpNoPorts",           "UdpRcvbufErrors",    "UdpSndbufErrors",
    "IcmpInDestUnreachs", "IcmpOutDestUnreachs",  "IpInDiscards",       "IpOutDiscards",
    "IpOutNoRoutes",      "Icmp6InDestUnreachs",  "Icmp6InPktTooBigs",  "Udp6InErrors",
    NULL};
/* Levels, not counts. */
static const char *const levels[] = {"IpForwarding", "IpDefaultTTL",  "TcpRtoAlgorithm", "TcpRtoMin",
                                     "TcpRtoMax",    "TcpMaxConn",    "TcpCurrEstab",    NULL};
static const char *const files[] = {"/proc/net/snmp", "/proc/net/netstat", "/proc/net/snmp6", NULL};

static int opened[3] = {-1, -1, -1};
static struct counters begin, now;
static uint64_t begin_ns;

static void add(struct counters *c, const char *group, size_t group_length, const char *name, size_t length,
                const char *value, size_t value_length) {
  char digits[24];
  if (c->count == COUNTERS_MAX || group_length + length >= COUNTER_NAME) return;
  if (value_length == 0 || value_length >= sizeof digits || *value == '-') return;
  memcpy(digits, value, value_length);
  digits[value_length] = 0;
  char *end;
  errno = 0;
  uint64_t n = strtoull(digits, &end, 10);
  if (errno || *end) return;
  char *to = c->list[c->count].name;
  memcpy(to, group, group_length);
  memcpy(to + group_length, name, length);
  to[group_length + length] = 0;
  c->list[c->count++].value = n;
}

/* The next word of a line; false at its end. */
static bool word(const char **at, const char *end, const char **begins, size_t *length) {
  while (*at < end && (**at == ' ' || **at == '\t')) (*at)++;
  *begins = *at;
  while (*at < end && **at != ' ' && **at != '\t') (*at)++;
  *length = (size_t)(*at - *begins);
  return *length > 0;
}

static const char *line_end(const char *at, const char *end) {
  const char *found = memchr(at, '\n', (size_t)(end - at));
  return found ? found : end;
}

void counters_pairs(struct counters *c, const char *text, size_t length) {
  const char *at = text, *end = text + length;
  while (at < end) {
    const char *names = at, *names_end = line_end(at, end);
    const char *values = names_end < end ? names_end + 1 : end, *values_end = line_end(values, end);
    const char *group, *again, *name, *value;
    size_t n, m, name_length, value_length;
    bool pair = word(&names, names_end, &group, &n) && word(&values, values_end, &again, &m) && n == m &&
                memcmp(group, again, n) == 0 && group[n - 1] == ':';
    while (pair && word(&names, names_end, &name, &name_length) && word(&values, values_end, &value, &value_length))
      add(c, group, n - 1, name, name_length, value, value_length);
    at = pair ? (values_end < end ? values_end + 1 : end) : (names_end < end ? names_end + 1 : end);
  }
}

void counters_lines(struct counters *c, const char *text, size_t length) {
  const char *at = text, *end = text + length;
  while (at < end) {
    const char *stop = line_end(at, end), *name, *value;
    size_t n, m;
    if (word(&at, stop, &name, &n) && word(&at, stop, &value, &m)) add(c, "", 0, name, n, value, m);
    at = stop < end ? stop + 1 : end;
  }
}

const uint64_t *counter_of(const struct counters *c, const char *name, size_t hint) {
  /* The kernel writes them in the same order each time. */
  if (hint < c->count && strcmp(c->list[hint].name, name) == 0) return &c->list[hint].value;
  for (size_t i = 0; i < c->count; i++)
    if (strcmp(c->list[i].name, name) == 0) return &c->list[i].value;
  return NULL;
}

static bool among(const char *const *list, const char *name) {
  for (; *list; list++)
    if (strcmp(*list, name) == 0) return true;
  return false;
}

static int read_all(struct counters *c) {
  static char text[65536];
  c->count = 0;
  int error = -ENOENT;
  for (int i = 0; files[i]; i++) {
    if (opened[i] < 0 || lseek(opened[i], 0, SEEK_SET) < 0) continue;
    size_t length = 0;
    ssize_t n;
    while (length < sizeof text && (n = read(opened[i], text + length, sizeof text - length)) > 0) length += (size_t)n;
    if (i < 2) counters_pairs(c, text, length);
    else counters_lines(c, text, length);
    error = 0;
  }
  return error;
}

static void say(struct helper *h) {
  uint64_t at = monotonic_ns();
  if (read_all(&now) != 0) return;
  struct out *o = helper_message(h, "counters");
  out_decimal(o, "beginAt", begin_ns);
  out_decimal(o, "at", at);
  out_object(o, "values");
  for (size_t i = 0; i < now.count; i++) {
    const char *name = now.list[i].name;
    const uint64_t *was = counter_of(&begin, name, i);
    if (!was || now.list[i].value < *was || among(levels, name)) continue;
    if (now.list[i].value == *was && !among(always, name)) continue;
    out_u64(o, name, now.list[i].value - *was);
  }
  out_end_object(o);
  helper_send(h, &counters);
}

static bool command(struct helper *h, const char *cmd, const struct json *m) {
  if (strcmp(cmd, "counters") != 0) return false;
  if (json_is(json_member(m, "trigger"), "begin")) {
    begin_ns = monotonic_ns();
    read_all(&begin);
  } else {
    say(h);
  }
  return true;
}

static int probe(struct helper *h) {
  (void)h;
  /* Opened once, so that later nothing of the file system is touched. */
  for (int i = 0; files[i]; i++) opened[i] = open(files[i], O_RDONLY | O_CLOEXEC);
  if (opened[0] < 0) return -errno;
  begin_ns = monotonic_ns();
  return read_all(&begin);
}

static void end(struct helper *h) {
  (void)h;
  for (int i = 0; files[i]; i++)
    if (opened[i] >= 0) close(opened[i]);
}

const struct feature counters = {
    .name = "counters",
    .tier = 0,
    .open = probe,
    .command = command,
    .close = end,
};
