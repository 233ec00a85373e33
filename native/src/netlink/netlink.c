#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ALIGN4(n) (((n) + 3) & ~(size_t)3)

bool span_number(struct span s, size_t offset, size_t size, uint64_t *to) {
  if (offset > s.length || size > s.length - offset) return false;
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  switch (size) {
    case 1:
      memcpy(&u8, s.at + offset, 1);
      *to = u8;
      return true;
    case 2:
      memcpy(&u16, s.at + offset, 2);
      *to = u16;
      return true;
    case 4:
      memcpy(&u32, s.at + offset, 4);
      *to = u32;
      return true;
    case 8:
      memcpy(to, s.at + offset, 8);
      return true;
    default:
      return false;
  }
}

struct span span_from(struct span s, size_t offset) {
  if (offset > s.length) offset = s.length;
  return (struct span){s.at + offset, s.length - offset};
}

bool nl_next_message(struct span *s, struct nl_message *m) {
  struct nlmsghdr head;
  if (s->length < sizeof head) return false;
  memcpy(&head, s->at, sizeof head);
  if (head.nlmsg_len < sizeof head || head.nlmsg_len > s->length) return false;
  *m = (struct nl_message){head.nlmsg_type, head.nlmsg_flags, head.nlmsg_seq,
                           {s->at + sizeof head, head.nlmsg_len - sizeof head}};
  *s = span_from(*s, ALIGN4(head.nlmsg_len));
  return true;
}

bool nl_next_attribute(struct span *s, struct nl_attribute *a) {
  uint64_t length, type;
  if (!span_number(*s, 0, 2, &length) || !span_number(*s, 2, 2, &type) || length < 4 || length > s->length) return false;
  *a = (struct nl_attribute){type & NLA_TYPE_MASK, {s->at + 4, (size_t)length - 4}};
  *s = span_from(*s, ALIGN4((size_t)length));
  return true;
}

int nl_open(int protocol) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (fd < 0) return -errno;
  /* The kernel answers while send() runs; this is for the day it does not. */
  const struct timeval receive_timeout = {.tv_sec = 1};
  const struct sockaddr_nl own = {.nl_family = AF_NETLINK};
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive_timeout, sizeof receive_timeout) < 0 ||
      bind(fd, (const struct sockaddr *)&own, sizeof own) < 0) {
    int error = -errno;
    close(fd);
    return error;
  }
  return fd;
}

int nl_ask(int fd, void *request, size_t length, void (*part)(void *, const struct nl_message *), void *context) {
  static uint32_t last;
  /* Not static: `part` may ask something itself. */
  uint8_t buffer[65536] __attribute__((aligned(8)));
  struct nlmsghdr head;
  memcpy(&head, request, sizeof head);
  head.nlmsg_len = (uint32_t)length;
  head.nlmsg_seq = ++last;
  head.nlmsg_pid = 0;
  memcpy(request, &head, sizeof head);
  const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  if (sendto(fd, request, length, 0, (const struct sockaddr *)&kernel, sizeof kernel) < 0) return -errno;
  bool dump = (head.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP, interrupted = false;
  for (;;) {
    struct sockaddr_nl from;
    socklen_t size = sizeof from;
    ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size);
    if (n < 0) return errno == EAGAIN ? -ETIMEDOUT : -errno;
    if (from.nl_pid != 0) continue;
    struct span all = {buffer, (size_t)n};
    struct nl_message m;
    while (nl_next_message(&all, &m)) {
      /* What is left of an answer that came too late. */
      if (m.sequence != head.nlmsg_seq) continue;
      if (m.flags & NLM_F_DUMP_INTR) interrupted = true;
      if (m.type == NLMSG_DONE) return interrupted ? -EINTR : 0;
      if (m.type == NLMSG_ERROR) {
        uint64_t error;
        return span_number(m.body, 0, 4, &error) ? (int)(int32_t)error : -EPROTO;
      }
      part(context, &m);
      if (!dump) return 0;
    }
  }
}
