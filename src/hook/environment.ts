/**
 * What the session wrote into the environment. The program could have changed it: every field is checked, and what does
 * not fit counts as absent.
 */

import { fits, type Kind } from '../model/options/kinds';
import { list, recorded } from '../model/options/recorded';
import { parse } from './runtime/builtins';
import type { Settings } from './runtime/settings';

const MiB = 1024 * 1024;
const whole = (value?: number, min = 0) => ({ kind: 'whole', min, default: value }) as const;

/** What users do not set: between the session and the hook, or for tests. */
const own = {
  trace: { kind: 'text', default: '' },
  enabled: list,
  host: whole(0),
  gap: whole(),
  segmentBytes: whole(8 * MiB, 1),
  maxUnreadBytes: whole(64 * MiB, 1),
  attachedBy: whole(),
  maskingMs: whole(),
  faults: list,
} as const;

/** Loaded by hand, with a folder and nothing else: everything is traced, with the defaults. */
const byHand = '{"v":1,"enabled":["byHand"]}';

/** The settings, or undefined when this process is not to be traced. */
export function readEnvironment(env: NodeJS.ProcessEnv): Settings | undefined {
  const spool = env.NETTRACE_SPOOL;
  if (!spool) return undefined;
  let conf: Record<string, unknown> | null;
  try {
    conf = parse(env.NETTRACE_CONF ?? byHand) as typeof conf;
  } catch {
    return undefined;
  }
  if (conf?.v !== 1) return undefined;
  const { resolverFiles } = conf;
  const settings: Record<string, unknown> = { spool, resolverFiles: Object(resolverFiles), unfit: [] };
  for (const [name, kind] of Object.entries<Kind>({ ...recorded, ...own })) {
    const value = conf[name];
    const isFit = fits(kind, value);
    settings[name] = isFit ? value : kind.default;
    if (!isFit && value !== undefined) (settings.unfit as string[]).push(name);
  }
  return settings as unknown as Settings;
}
