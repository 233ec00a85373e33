/** Captured packets as they pass from the engine that captures to the file that is saved. */

export interface PacketInterface {
  name: string;
  /** Number of tcpdump.org's list: 1 Ethernet, 113 and 276 Linux cooked, 0 loopback, 101 raw IP. */
  linkType: number;
  /** Bytes kept of each packet at most; 0: all. */
  snaplen: number;
}

export interface RawPacket {
  /** Index of its interface, from 0. */
  interface: number;
  /** Wall clock, ns since 1970. */
  ns: bigint;
  data: Uint8Array;
  /** Bytes on the wire. */
  length: number;
  /** Absent: the engine does not know. */
  direction?: 'in' | 'out';
}

/** What an engine counted at one interface. */
export interface PacketStatistics {
  interface: number;
  received?: number;
  /** Absent: the engine does not know. */
  dropped?: number;
}

/** Everything that a file of packets holds, in the order in which it is written. */
export interface PacketsToSave {
  program: string;
  os?: string;
  comment?: string;
  interfaces: readonly (PacketInterface & { filter?: string })[];
  /** TLS secrets in the format of SSLKEYLOGFILE; absent: not asked for. */
  keyLog?: string;
  names: readonly { address: Uint8Array; names: readonly string[] }[];
  /** By time. */
  packets: Iterable<RawPacket & { comments?: readonly string[] }>;
  statistics: readonly (PacketStatistics & { ns: bigint })[];
}
