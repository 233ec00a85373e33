/** Rules that compare with saved traces. */
import { plural } from '../../model/base/text';
import { hostOf } from '../base/places';
import { type Change, changesOf } from '../compare/changes';
import { compare, type Side } from '../compare/compare';
import { listed } from '../compare/groups';
import type { ChangeKind } from '../compare/kinds';
import { broken, held, notDecided, type Outcome } from './result';
import type { Assertion } from './rulesFile';
import type { Subject } from './subject';

/** What each key of the rule refuses. Of one run each, times differ "in these two traces": who asks for it wants to see that. */
const refused: Readonly<Record<string, readonly ChangeKind[]>> = {
  slower: ['slower', 'times-differ'],
  more: ['added', 'more'],
  answers: ['answers'],
  'new-hosts': ['new-host'],
  'new-findings': ['new-finding', 'worse-finding'],
};

/** All runs at once, against those of the baseline. */
export function baselineOutcome(
  { file: _, ...asked }: NonNullable<Assertion['baseline']>,
  baseline: Side,
  subjects: readonly Subject[],
): Outcome {
  const after = { runs: subjects, findings: subjects.map(({ findings }) => [...findings]) };
  const comparison = compare(baseline, after);
  const keys = Object.keys(asked).length === 0 ? Object.keys(refused) : Object.keys(asked);
  const kinds = new Set(keys.flatMap((key) => refused[key] ?? []));
  const changes = changesOf(comparison).filter((change) => kinds.has(change.kind) && !isFaster(change, comparison));
  if (changes.length > 0) {
    const rows = new Map(subjects.flatMap(({ rows: list }) => list.map((row) => [row.id, row])));
    const texts = changes.slice(0, 3).map(({ kind, what, text }) => `${kind} ${what}: ${text}`);
    const more = changes.length > 3 ? `; and ${plural(changes.length - 3, 'more change')}` : '';
    return broken(
      `${texts.join('; ')}${more}`,
      changes.flatMap(({ examples }) => examples.flatMap((id) => rows.get(id) ?? [])),
    );
  }
  const why = subjects.find(({ incomplete }) => incomplete !== undefined)?.incomplete;
  if (why !== undefined) return notDecided(`no such change; ${why}`);
  const few = kinds.has('slower') && comparison.groups.length > 0 && comparison.tested === 0;
  if (few && kinds.size === refused.slower?.length)
    return notDecided('too few requests or runs to compare times: 20 requests of a kind, or 5 runs, on each side');
  return held(`nothing of it in ${plural(comparison.groups.length, 'kind')} of requests`);
}

function isFaster({ kind, what }: Change, { groups }: ReturnType<typeof compare>): boolean {
  if (kind !== 'times-differ') return false;
  const group = groups.find(({ method, host, template }) => `${method} ${host}${template}` === what);
  return Object.values(group?.times ?? {}).every(({ result, shift = 0 }) => result !== 'differs' || shift < 0);
}

export const hostsIn = ({ runs }: Side): ReadonlySet<string> =>
  new Set(runs.flatMap((run) => listed(run).requests.map(({ url }) => hostOf(url ?? ''))));
