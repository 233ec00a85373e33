/**
 * What the session wrote into the environment. The program could have changed it: every field is checked, and what makes
 * no sense counts as absent.
 */

import { fits } from '../model/options/kinds';
import { type Recorded, recorded } from '../model/options/recorded';
import { parse } from './runtime/builtins';
import type { ResolverFiles, Settings } from './runtime/settings';

const MiB = 1024 * 1024;
const texts = (v: unknown): string[] => (Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : []);
const positive = (v: unknown): number | undefined => (typeof v === 'number' && v >= 0 ? v : undefined);

const files = (v: unknown): ResolverFiles | undefined =>
  typeof v === 'object' && v !== null ? (v as ResolverFiles) : undefined;

/** What is to be recorded: of what does not fit, and of what is missing, the default. */
function recordedOf(conf: Record<string, unknown>): Recorded {
  const values: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(recorded))
    values[name] = fits(kind, conf[name]) ? conf[name] : kind.default;
  return values as Recorded;
}

const lowerCase = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());

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
  const asked = recordedOf(conf);
  return {
    spool,
    trace: typeof conf.trace === 'string' ? conf.trace : '',
    enabled: texts(conf.enabled),
    ...asked,
    excludeHeaders: lowerCase(asked.excludeHeaders),
    bodyTypes: lowerCase(asked.bodyTypes),
    resolverFiles: files(conf.resolverFiles),
    host: positive(conf.host) ?? 0,
    gap: positive(conf.gap),
    segmentBytes: positive(conf.segmentBytes) || 8 * MiB,
    maxUnreadBytes: positive(conf.maxUnreadBytes) || 64 * MiB,
    attachedBy: positive(conf.attachedBy),
    maskingMs: positive(conf.maskingMs),
    faults: texts(conf.faults),
  };
}
