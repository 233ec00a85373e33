/* Commands of the host that are no feature's own. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "helper.h"

static void take_watch(struct helper *h, const struct json *m) {
  struct watch w = {.protocol = IPPROTO_TCP, .uid = (uid_t)-1, .since_ns = monotonic_ns()};
  uint64_t pid = 0;
  const struct json *protocol = json_member(m, "protocol");
  if (json_is(protocol, "udp")) w.protocol = IPPROTO_UDP;
  else if (protocol && !json_is(protocol, "tcp")) return helper_failed(h, NULL, "watch", m, EPROTONOSUPPORT, "protocol");
  if (!json_text(json_member(m, "id"), w.id, sizeof w.id)) return helper_failed(h, NULL, "watch", NULL, EINVAL, "id");
  if (!address_json(&w.local, json_member(m, "local"))) return helper_failed(h, NULL, "watch", m, EINVAL, "local");
  const struct json *remote = json_member(m, "remote");
  /* A socket for datagrams may have none. */
  if (!remote && w.protocol == IPPROTO_UDP) w.remote.family = w.local.family;
  else if (!address_json(&w.remote, remote) || w.remote.family != w.local.family)
    return helper_failed(h, NULL, "watch", m, EINVAL, "remote");
  if (json_u64(json_member(m, "pid"), &pid) && pid <= INT32_MAX) w.pid = (pid_t)pid;
  json_u64(json_member(m, "bornNs"), &w.born_ns);
  if (watch_by_id(h, w.id)) return helper_failed(h, NULL, "watch", m, EEXIST, "this id is watched");
  struct watch *added = watch_add(h, &w);
  if (!added) return helper_failed(h, NULL, "watch", m, ENOSPC, "too many connections are watched");
  /* inetDiag may find that it has ended already, and take it away again. */
  for (size_t i = 0; i < h->feature_count && watch_by_id(h, w.id) == added; i++)
    if (h->features[i].available && h->features[i].feature->watched) h->features[i].feature->watched(h, added);
}

static void take_unwatch(struct helper *h, const struct json *m) {
  char id[64];
  const struct watch *w = json_text(json_member(m, "id"), id, sizeof id) ? watch_by_id(h, id) : NULL;
  /* What has ended by itself is not watched any more: no error. */
  if (w) watch_remove(h, (struct watch *)w);
}

static void take_stats(struct helper *h) {
  struct out *o = helper_message(h, "stats");
  out_decimal(o, "at", monotonic_ns());
  out_u64(o, "watched", h->watch_count);
  out_array(o, "features");
  for (size_t i = 0; i < h->feature_count; i++) {
    const struct opened *f = &h->features[i];
    if (!f->available) continue;
    out_object(o, NULL);
    out_text(o, "name", f->feature->name);
    out_u64(o, "sent", f->sent);
    out_lost(o, f);
    if (f->feature->stats) f->feature->stats(h, o);
    out_end_object(o);
  }
  out_end_array(o);
  helper_send(h, NULL);
}

void take_command(struct helper *h, const uint8_t *text, size_t length) {
  char cmd[32];
  const struct json *m = json_parse(&h->document, (const char *)text, length);
  if (!m || !json_text(json_member(m, "cmd"), cmd, sizeof cmd))
    return helper_failed(h, NULL, "", NULL, EINVAL, "not a command");
  if (strcmp(cmd, "watch") == 0) return take_watch(h, m);
  if (strcmp(cmd, "unwatch") == 0) return take_unwatch(h, m);
  if (strcmp(cmd, "stats") == 0) return take_stats(h);
  if (strcmp(cmd, "clock") == 0) return say_clock(h);
  bool configure = strcmp(cmd, "configure") == 0;
  bool taken = configure;
  for (size_t i = 0; i < h->feature_count; i++) {
    const struct opened *f = &h->features[i];
    if (!f->available || !f->feature->command || !f->feature->command(h, cmd, m)) continue;
    taken = true;
    if (!configure) break;
  }
  if (!taken) helper_failed(h, NULL, cmd, m, EOPNOTSUPP, "no feature that is open takes it");
}
