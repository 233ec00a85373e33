/* What a captured packet is of: its ends, and where its headers end. Pure, every bound checked. */
#pragma once
#include "core/feature.h"

#define LINK_ETHERNET 1
#define LINK_IP 101

enum packet_kind { PACKET_OTHER, PACKET_TCP, PACKET_UDP, PACKET_ICMP, PACKET_ARP };

struct packet {
  enum packet_kind kind;
  /* ARP: sender and target. */
  struct address from, to;
  /* ICMP errors: the ends of the packet that it reports, as that was sent; family 0: none. */
  int inner_protocol;
  struct address inner_from, inner_to;
  /* Bytes up to the payload; 0: not known. */
  size_t headers;
  /* TCP, if `headers` is known: number of the first byte, and how many the SYN and the FIN count. */
  uint32_t sequence, controls;
  uint8_t flags;
  /* Of the IP packet without what changes on its way, so that it is known again on another interface. */
  uint32_t sum;
};

/* `length` bytes are there. False: nothing that is looked at here. */
bool packet_parse(const uint8_t *bytes, size_t length, int link_type, struct packet *);
/* A message of ICMP or ICMPv6 without an IP header: the packet that it reports, into `inner`. */
void packet_icmp(const uint8_t *bytes, size_t length, int protocol, struct packet *);
