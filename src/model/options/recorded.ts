/**
 * Options that the hook reads: kinds and defaults. The session writes them into `NETTRACE_CONF`, the hook bundles this
 * file to check them there. Texts, and where a user sets them, stand in `table.ts`.
 */
import type { Kind, ValuesOf } from './kinds';

export const recorded = {
  headers: { kind: 'choice', of: ['off', 'names', 'lengths', 'values'], default: 'off' },
  excludeHeaders: { kind: 'list', default: [] },
  maskedParameters: { kind: 'list', default: [] },
  callSites: { kind: 'whole', words: ['all', 'off'], min: 1, default: 'all' },
  bodies: { kind: 'whole', min: 0, default: 0 },
  bodyTypes: { kind: 'list', default: [] },
  sockets: { kind: 'flag', default: false },
  dnsResolver: { kind: 'flag', default: false },
  stacks: { kind: 'flag', default: false },
  incoming: { kind: 'flag', default: false },
  keys: { kind: 'flag', default: false },
} as const satisfies Record<string, Kind>;

/** What the hook is asked to record. */
export type Recorded = ValuesOf<typeof recorded>;
