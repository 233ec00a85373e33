/**
 * Options that the hook reads: kinds and defaults. The session writes them into `NETTRACE_CONF`, the hook bundles this
 * file to check them there. Texts, and where a user sets them, are in `table.ts`.
 */
import type { Kind, ValuesOf } from './kinds';

const flag = { kind: 'flag', default: false } as const;
export const list = { kind: 'list', default: [] } as const;

export const recorded = {
  headers: { kind: 'choice', of: ['off', 'names', 'lengths', 'values'], default: 'off' },
  excludeHeaders: list,
  maskedParameters: list,
  callSites: { kind: 'whole', words: ['all', 'off'], min: 1, default: 'all' },
  bodies: { kind: 'whole', min: 0, default: 0 },
  bodyTypes: list,
  sockets: flag,
  dnsResolver: flag,
  stacks: flag,
  incoming: flag,
  keys: flag,
} as const satisfies Record<string, Kind>;

/** What the hook is asked to record. */
export type Recorded = ValuesOf<typeof recorded>;
