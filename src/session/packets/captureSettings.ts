/** What is to be captured, and how much of it; what is absent has the default of its option. */
export interface CaptureSettings {
  /** Bytes kept of all packets together. */
  limit?: number;
  /** Bytes kept of each packet. */
  snaplen?: number;
  /** Only on these network interfaces; absent: on all. */
  interfaces?: readonly string[];
  /** ICMP messages too. */
  icmp?: boolean;
  arp?: boolean;
  /** TCP without its payload. */
  headersOnly?: boolean;
}
