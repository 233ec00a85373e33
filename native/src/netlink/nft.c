#include "nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"

#define CHAIN "track"
#define LAST_SEQUENCE 5

struct batch {
  uint8_t bytes[1024] __attribute__((aligned(8)));
  size_t length, message;
};

static void put(struct batch *b, const void *bytes, size_t n) {
  memcpy(b->bytes + b->length, bytes, n);
  b->length += n;
  while (b->length % 4) b->bytes[b->length++] = 0;
}

static void begin(struct batch *b, uint16_t type, uint16_t flags, uint32_t sequence, uint16_t resource) {
  struct nlmsghdr head = {.nlmsg_type = type, .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags), .nlmsg_seq = sequence};
  struct nfgenmsg family = {.nfgen_family = type < NLMSG_MIN_TYPE + 2 ? AF_UNSPEC : NFPROTO_INET,
                            .version = NFNETLINK_V0,
                            .res_id = htons(resource)};
  b->message = b->length;
  put(b, &head, sizeof head);
  put(b, &family, sizeof family);
}

static void set_length(struct batch *b, size_t at, size_t size) {
  uint32_t length = (uint32_t)(b->length - at);
  uint16_t narrow = (uint16_t)length;
  memcpy(b->bytes + at, size == 4 ? (const void *)&length : (const void *)&narrow, size);
}

static void end(struct batch *b) { set_length(b, b->message, 4); }

static size_t attribute(struct batch *b, uint16_t type, const void *value, size_t size) {
  size_t at = b->length;
  struct nlattr head = {.nla_len = (uint16_t)(sizeof head + size), .nla_type = type};
  put(b, &head, sizeof head);
  if (size) put(b, value, size);
  return at;
}

static void text(struct batch *b, uint16_t type, const char *value) { attribute(b, type, value, strlen(value) + 1); }

static void number(struct batch *b, uint16_t type, uint32_t value) {
  value = htonl(value);
  attribute(b, type, &value, sizeof value);
}

static size_t nest(struct batch *b, uint16_t type) { return attribute(b, type | NLA_F_NESTED, NULL, 0); }
static void unnest(struct batch *b, size_t at) { set_length(b, at, 2); }

static void build(struct batch *b, const char *table) {
  const uint16_t nft = NFNL_SUBSYS_NFTABLES << 8;
  *b = (struct batch){.length = 0};
  begin(b, NFNL_MSG_BATCH_BEGIN, 0, 1, NFNL_SUBSYS_NFTABLES);
  end(b);
  begin(b, nft | NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, 2, 0);
  text(b, NFTA_TABLE_NAME, table);
  number(b, NFTA_TABLE_FLAGS, NFT_TABLE_F_OWNER);
  end(b);
  begin(b, nft | NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_ACK, 3, 0);
  text(b, NFTA_CHAIN_TABLE, table);
  text(b, NFTA_CHAIN_NAME, CHAIN);
  end(b);
  begin(b, nft | NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK, 4, 0);
  text(b, NFTA_RULE_TABLE, table);
  text(b, NFTA_RULE_CHAIN, CHAIN);
  size_t list = nest(b, NFTA_RULE_EXPRESSIONS), element = nest(b, NFTA_LIST_ELEM);
  text(b, NFTA_EXPR_NAME, "ct");
  size_t data = nest(b, NFTA_EXPR_DATA);
  number(b, NFTA_CT_DREG, NFT_REG_1);
  number(b, NFTA_CT_KEY, NFT_CT_STATE);
  unnest(b, data);
  unnest(b, element);
  unnest(b, list);
  end(b);
  begin(b, NFNL_MSG_BATCH_END, 0, LAST_SEQUENCE, NFNL_SUBSYS_NFTABLES);
  end(b);
}

/* One answer for each of the three, or one error for all. */
static int answers(int fd) {
  uint8_t buffer[8192] __attribute__((aligned(8)));
  for (int left = 3; left > 0;) {
    ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    if (n < 0) return errno == EAGAIN ? -ETIMEDOUT : -errno;
    struct span all = {buffer, (size_t)n};
    struct nl_message m;
    while (nl_next_message(&all, &m)) {
      uint64_t error;
      if (m.type != NLMSG_ERROR || !span_number(m.body, 0, 4, &error)) continue;
      if ((int32_t)error != 0) return (int32_t)error;
      left--;
    }
  }
  return 0;
}

static int make(const char *table) {
  struct batch b;
  int fd = nl_open(NETLINK_NETFILTER);
  if (fd < 0) return fd;
  build(&b, table);
  int error = send(fd, b.bytes, b.length, 0) < 0 ? -errno : answers(fd);
  if (error == 0) return fd;
  close(fd);
  return error;
}

int nft_track(void) {
  int fd = make("nettrace");
  if (fd != -EEXIST && fd != -EPERM && fd != -EBUSY) return fd;
  /* The table of another helper exists: each has its own. */
  char table[32];
  snprintf(table, sizeof table, "nettrace-%d", (int)getpid());
  int own = make(table);
  return own < 0 ? fd : own;
}
