// with: netlink/netlink.c
/* An answer of the kernel in parts: a dump that a change interrupted is not taken for a whole one. */
#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "check.h"
#include "netlink/netlink.h"

enum { LINK = 16 };

/* What the kernel sends, a datagram for each call, of one message each. */
struct answer {
  uint16_t type, flags;
  /* Added to the number of the question: 0 is its answer. */
  uint32_t off;
};
static const struct answer *answers;
static size_t left;
static uint32_t sequence;

/* In place of the C library's: a dump cannot be made to be interrupted at will. */
ssize_t sendto(int fd, const void *bytes, size_t n, int flags, __CONST_SOCKADDR_ARG to, socklen_t size) {
  (void)fd, (void)flags, (void)to, (void)size;
  struct nlmsghdr head;
  memcpy(&head, bytes, sizeof head);
  CHECK(head.nlmsg_len == n);
  sequence = head.nlmsg_seq;
  return (ssize_t)n;
}
ssize_t recvfrom(int fd, void *restrict to, size_t n, int flags, __SOCKADDR_ARG from, socklen_t *restrict size) {
  (void)fd, (void)flags;
  if (left == 0) return errno = EAGAIN, -1;
  struct nlmsghdr m = {.nlmsg_len = sizeof m + 4, .nlmsg_type = answers->type, .nlmsg_flags = answers->flags,
                       .nlmsg_seq = sequence + answers->off};
  answers++, left--;
  CHECK(n >= m.nlmsg_len);
  memset(to, 0, m.nlmsg_len);
  memcpy(to, &m, sizeof m);
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  struct sockaddr *sender = *(struct sockaddr *const *)&from;
  memcpy(sender, &kernel, sizeof kernel);
  *size = sizeof kernel;
  return m.nlmsg_len;
}

static void count(void *context, const struct nl_message *m) {
  CHECK(m->type == LINK);
  ++*(int *)context;
}

/* `parts`: how many messages were handed on. */
static int ask(const struct answer *list, size_t n, int *parts) {
  struct nlmsghdr q = {.nlmsg_type = 18, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP};
  answers = list, left = n, *parts = 0;
  return nl_ask(3, &q, sizeof q, count, parts);
}
#define ASK(parts, ...) \
  ask((const struct answer[]){__VA_ARGS__}, sizeof((const struct answer[]){__VA_ARGS__}) / sizeof(struct answer), parts)

static void interrupted_dump(void) {
  int parts;
  const uint16_t intr = NLM_F_MULTI | NLM_F_DUMP_INTR;
  CHECK(ASK(&parts, {LINK, NLM_F_MULTI, 0}, {LINK, NLM_F_MULTI, 0}, {NLMSG_DONE, NLM_F_MULTI, 0}) == 0 && parts == 2);
  /* The flag is on the message at which the kernel noticed it, or on the last. */
  CHECK(ASK(&parts, {LINK, NLM_F_MULTI, 0}, {LINK, intr, 0}, {NLMSG_DONE, NLM_F_MULTI, 0}) == -EINTR && parts == 2);
  CHECK(ASK(&parts, {LINK, NLM_F_MULTI, 0}, {NLMSG_DONE, intr, 0}) == -EINTR && parts == 1);
  /* That of an earlier question says nothing of this one. */
  CHECK(ASK(&parts, {LINK, intr, 99}, {LINK, NLM_F_MULTI, 0}, {NLMSG_DONE, NLM_F_MULTI, 0}) == 0 && parts == 1);
  /* No end: not taken for whole either. */
  CHECK(ASK(&parts, {LINK, NLM_F_MULTI, 0}) == -ETIMEDOUT && parts == 1);
}

int main(void) {
  interrupted_dump();
  return 0;
}
