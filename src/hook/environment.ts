/**
 * What the session wrote into the environment. The program could have changed it: every field is checked, and what makes
 * no sense counts as absent.
 */

import { parse } from './runtime/builtins';
import type { HeaderLevel, ResolverFiles, Settings } from './runtime/settings';

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
