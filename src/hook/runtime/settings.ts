/** What the hook can be asked for. Types only: `environment.ts` reads and checks them. */

/** Where the resolver reads what the system's would. */
export interface ResolverFiles {
  resolvConf?: string;
  hosts?: string;
  nsswitch?: string;
  /** Port of the name servers. */
  port?: number;
}

export type HeaderLevel = 'off' | 'names' | 'lengths' | 'values';

export interface Settings {
  /** Folder of the spool files. */
  spool: string;
  trace: string;
  /** Trace requests enabled at the start. Empty: nothing is patched. */
  enabled: string[];
  /** Call sites: all of them, none, or this many exact ones a second and then one in eight. */
  callSites: 'all' | 'off' | number;
  headers: HeaderLevel;
  /** Lower case. */
  excludeHeaders: string[];
  /** Query parameters to mask beyond the well-known ones. */
  maskedParameters: string[];
  /** Bytes of each body to record; 0: none. */
  bodies: number;
  /** Beginnings of content types whose bodies are recorded; empty: text, JSON, XML, forms. */
  bodyTypes: string[];
  /** Record each read and write of a traced socket. */
  sockets: boolean;
  /** Look names up by our own resolver, so that its messages are seen. */
  resolver: boolean;
  /** Other files and another port than the system's for that: tests. */
  resolverFiles: ResolverFiles | undefined;
  /** Write TLS secrets to a file of mode 0600 in the spool folder. */
  keys: boolean;
  /** Process id of the session, which those secrets are for; 0: not known. */
  host: number;
  /** The whole chain of calls that led to a request, awaits included, and where an `AbortSignal.timeout` was set. */
  stacks: boolean;
  /** Record the requests that the program answers, too: they are causes of those it makes. */
  incoming: boolean;
  /** Group writes for so many ms; absent: 5 while the loop is over 90 % busy, else each tick writes. */
  gap: number | undefined;
  segmentBytes: number;
  maxUnreadBytes: number;
  /** The program was attached to: process id of the host, 0 where its number means nothing. Absent: it was started with us. */
  guest: number | undefined;
  /** Most ms that masking may take of one tick; absent: 200. */
  maskingMs: number | undefined;
  /** Handlers that shall fail: fault injection in tests. */
  faults: string[];
}
