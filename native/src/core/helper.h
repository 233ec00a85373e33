/* Inside of the helper's core: main.c, loop.c, say.c, commands.c, watch.c, drop.c. Features see feature.h alone. */
#pragma once
#include <poll.h>

#include "feature.h"
#include "proto.h"

#define FEATURES_MAX 32
#define POLLS_MAX 64
#define WATCHES_MAX 16384
#define WATCH_BUCKETS 16384
#define OPTIONS_MAX 32
#define MESSAGE_MAX (256u << 10)
#define QUEUE_MAX (4u << 20)

struct opened {
  const struct feature *feature;
  bool available;
  /* Why not. */
  int error;
  char reason[160];
  uint64_t wake_ns;
  /* Of its messages, since the start: dropped as the host did not read; and what was passed to helper_lost(). */
  uint64_t dropped, sent;
  struct {
    char what[16];
    uint64_t count;
  } lost[4];
  /* Losses not said yet. */
  bool lost_news;
};

struct watch_entry {
  struct watch watch;
  bool used;
  /* Chains, as index + 1. */
  uint16_t next_id, next_cookie, next_ends;
};

struct helper {
  int in, out;
  bool ending;
  uid_t user;
  gid_t group;
  struct opened features[FEATURES_MAX];
  size_t feature_count;
  struct opened *opening;
  struct {
    int fd;
    const struct feature *feature;
  } polls[POLLS_MAX];
  size_t poll_count;
  struct {
    const char *name, *value;
  } options[OPTIONS_MAX];
  size_t option_count;
  struct frames_in input;
  struct frames_out output;
  struct out message;
  char message_buffer[MESSAGE_MAX];
  struct json_document document;
  uint64_t clock_ns;
  struct watch_entry watches[WATCHES_MAX];
  uint16_t by_id[WATCH_BUCKETS], by_cookie[WATCH_BUCKETS], by_ends[WATCH_BUCKETS];
  /* Places below are all in use; and above, none. */
  size_t watch_first_free, watch_end;
  size_t watch_count;
};

/* features.c */
extern const struct feature *const all_features[];

/* drop.c */
/* Limits its own nice value, memory and descriptors; ends with its parent. 0 or -errno. */
int limit_self(void);
/* Gives up every privilege for good and becomes the calling user. 0 or -errno. */
int drop_privileges(uid_t, gid_t);
/* The user who called: own, or the one behind sudo or pkexec. False: root without either, and not asked for. */
bool calling_user(uid_t *, gid_t *);
/* Of this process's user, this one among them; 0: not known. */
unsigned count_instances(void);
#define INSTANCES_MAX 32

/* transport.c */
/* Connects out to a socket of mode 0600 that is listened on by `user`; -errno. */
int connect_out(const char *path, uid_t user);

/* say.c */
void say_hello(struct helper *);
/* Of messages that found no room, and what was passed to helper_lost(). */
void say_losses(struct helper *);
void say_clock(struct helper *);
void out_lost(struct out *, const struct opened *);
struct opened *opened_of(struct helper *, const struct feature *);

/* commands.c */
/* One command frame. */
void take_command(struct helper *, const uint8_t *text, size_t length);

/* loop.c */
/* Until input ends or a signal comes; exit status. */
int run_loop(struct helper *);

/* watch.c: all true if it was the core's */
struct watch *watch_add(struct helper *, const struct watch *);
void watch_remove(struct helper *, struct watch *);
/* Sets the cookie, and notifies the features. */
void watch_cookie(struct helper *, struct watch *, uint64_t cookie, uint32_t inode, uid_t uid);
