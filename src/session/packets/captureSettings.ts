/** What is to be captured, and how much of it. */
export interface CaptureSettings {
  /** Bytes kept of all packets together; default 64 MiB. */
  limit?: number;
  /** Bytes kept of each packet; default 262,144: all. */
  snaplen?: number;
  /** Only on these network interfaces; absent: on all. */
  interfaces?: readonly string[];
  /** ICMP messages too. */
  icmp?: boolean;
  arp?: boolean;
  /** TCP without its payload. */
  headersOnly?: boolean;
}
