/**
 * What the session wrote into the environment. The program could have changed it: every field is checked, and what makes
 * no sense counts as absent.
 */
import { parse } from './runtime/builtins';

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

const MiB = 1024 * 1024;
const texts = (v: unknown): string[] => (Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : []);
const positive = (v: unknown): number | undefined => (typeof v === 'number' && v >= 0 ? v : undefined);
const levels: readonly unknown[] = ['names', 'lengths', 'values'];

const files = (v: unknown): ResolverFiles | undefined =>
  typeof v === 'object' && v !== null ? (v as ResolverFiles) : undefined;

/** Loaded by hand, with a folder and nothing else: everything is traced, with the defaults. */
const byHand = '{"v":1,"enabled":["byHand"]}';

/** The settings, or undefined when this process is not to be traced. */
export function readEnvironment(env: NodeJS.ProcessEnv): Settings | undefined {
  const spool = env.NETTRACE_SPOOL;
  if (!spool) return undefined;
  let conf: Record<string, unknown> = {};
  try {
    const value: unknown = parse(env.NETTRACE_CONF ?? byHand);
    if (typeof value === 'object' && value !== null) conf = value as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (conf.v !== 1) return undefined;
  const { callSites, headers } = conf;
  return {
    spool,
    trace: typeof conf.trace === 'string' ? conf.trace : '',
    enabled: texts(conf.enabled),
    callSites: callSites === 'off' || (typeof callSites === 'number' && callSites >= 0) ? callSites : 'all',
    headers: levels.includes(headers) ? (headers as HeaderLevel) : 'off',
    excludeHeaders: texts(conf.excludeHeaders).map((h) => h.toLowerCase()),
    maskedParameters: texts(conf.maskedParameters),
    bodies: positive(conf.bodies) ?? 0,
    bodyTypes: texts(conf.bodyTypes).map((t) => t.toLowerCase()),
    sockets: conf.sockets === true,
    resolver: conf.resolver === true,
    resolverFiles: files(conf.resolverFiles),
    keys: conf.keys === true,
    host: positive(conf.host) ?? 0,
    stacks: conf.stacks === true,
    incoming: conf.incoming === true,
    gap: positive(conf.gap),
    segmentBytes: positive(conf.segmentBytes) || 8 * MiB,
    maxUnreadBytes: positive(conf.maxUnreadBytes) || 64 * MiB,
    guest: positive(conf.guest),
    maskingMs: positive(conf.maskingMs),
    faults: texts(conf.faults),
  };
}
