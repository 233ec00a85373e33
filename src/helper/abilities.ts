/**
 * What the kernel's side can do here and now, by the helper's own doctor: it opens everything, says what works, and ends.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import Value from 'typebox/value';
import { type Located, locateHelper, type Places } from './locate';

const run = promisify(execFile);
const timeoutMs = 10_000;

/** User-facing names; each covers some of the helper's features. */
export const abilityNames = ['figures', 'events', 'conntrack', 'packets'] as const;
export type AbilityName = (typeof abilityNames)[number];

export interface Ability {
  /** `needsPermission`: it is there, but not for this user. `unavailable`: this kernel or this helper has it not. */
  state: 'available' | 'needsPermission' | 'unavailable';
  /** In words; absent: all of it works. */
  why?: string;
}

export type Abilities = {
  helper: string;
  /** The installed helper, which has its own permissions. */
  installed: boolean;
  root: boolean;
  /** What to do for more, in words of the helper. */
  advice?: string;
} & Record<AbilityName, Ability>;

/** There is no helper here, and why. */
export type NoHelper = Extract<Located, { missing: unknown }>;

const word = Type.String({ maxLength: 1024 });
const said = Type.Object({
  features: Type.Array(
    Type.Object({
      name: word,
      tier: Type.Integer({ minimum: 0 }),
      state: Type.Union([Type.Literal('available'), Type.Literal('unavailable')]),
      errno: Type.Optional(Type.Integer()),
      error: Type.Optional(word),
      reason: Type.Optional(word),
    }),
    { maxItems: 64 },
  ),
  advice: Type.Optional(word),
});
type Feature = Static<typeof said>['features'][number];

/** Rejects if the helper cannot be asked: it does not run, or says what is not understood. `folder`: that of our bundles. */
export async function abilitiesHere(folder: string, places: Places = {}): Promise<Abilities | NoHelper> {
  const found = await locateHelper(folder, places);
  if ('missing' in found) return found;
  const options = { env: {}, cwd: '/', timeout: timeoutMs, maxBuffer: 1 << 20 };
  // It says by its exit code too that something does not work.
  const { stdout } = await run(found.file, ['doctor', '--json'], options).catch((error: { stdout?: string }) => {
    if (error.stdout) return { stdout: error.stdout };
    throw error;
  });
  const answer: unknown = JSON.parse(stdout);
  if (!Value.Check(said, answer)) throw new Error('the helper’s report is invalid');
  return abilitiesOf(answer, found);
}

export function abilitiesOf(
  { features, advice }: Static<typeof said>,
  { file, installed }: { file: string; installed: boolean },
): Abilities {
  return {
    helper: file,
    installed,
    root: process.getuid?.() === 0,
    ...(advice === undefined ? {} : { advice }),
    figures: abilityOf(features.filter((f) => f.tier === 0)),
    events: abilityOf(features.filter((f) => f.tier === 3)),
    conntrack: abilityOf(features.filter((f) => f.tier === 2)),
    packets: abilityOf(features.filter((f) => f.name === 'capture')),
  };
}

function abilityOf(features: readonly Feature[]): Ability {
  const lacking = features.filter((f) => f.state !== 'available');
  if (features.length > 0 && lacking.length === 0) return { state: 'available' };
  const names = new Map<string, string[]>();
  for (const f of lacking) {
    const why = f.reason ?? f.error ?? 'not available';
    names.set(why, [...(names.get(why) ?? []), f.name]);
  }
  const whole = names.size === 1 && lacking.length === features.length;
  const why = whole
    ? ([...names.keys()][0] as string)
    : [...names].map(([reason, list]) => `${list.join(', ')}: ${reason}`).join('; ');
  if (lacking.length < features.length) return { state: 'available', why };
  const denied = lacking.some((f) => f.errno === 1 || f.errno === 13);
  return { state: denied ? 'needsPermission' : 'unavailable', why: why || 'this helper does not support it' };
}
