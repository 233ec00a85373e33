/** What a comparison found to differ, as a list to read: one entry a difference, what needs a look first. */
import { numberText, plural, timeText } from '../../model/base/text';
import type { Comparison, CountComparison, GroupComparison, TimeComparison, TimeFigures } from './comparison';
import { type ChangeKind, changeKinds } from './kinds';

export interface Change {
  kind: ChangeKind;
  /** `GET api.example.com/items/{id}`, a host, or a finding's title. */
  what: string;
  /** `cart.ts:31`. */
  callSite?: string;
  file?: string;
  line?: number;
  /** `1 → 12 requests`. */
  text: string;
  /** Ids of requests, of the later side where it has some. */
  examples: string[];
}

export function changesOf({ groups, hosts, findings }: Comparison): Change[] {
  const changes = [
    ...hosts.flatMap(({ host, requests, packages }): Change[] => {
      const kind = requests.result === 'added' ? 'new-host' : requests.result === 'removed' ? 'gone-host' : undefined;
      if (kind === undefined) return [];
      const by = packages.length === 0 ? '' : `, by ${packages.map((name) => `package ${name}`).join(', ')}`;
      return [{ kind, what: host || '(no host)', text: `${countText(requests)}${by}`, examples: [] }];
    }),
    ...groups.flatMap(groupChanges),
    ...findings.flatMap(({ rule, title, text, result, subjects, cost, examples }): Change[] => {
      const kind = findingKinds[result];
      const about = { kind, what: title, examples } as const;
      if (kind === undefined) return [];
      if (result === 'new' || result === 'gone') return [{ ...about, kind, text: `${text} (${rule})` }];
      const spent = cost ? `, ${timeText(cost.before)} → ${timeText(cost.after)} in total` : '';
      return [
        { ...about, kind, text: `of ${subjects.before} → ${plural(subjects.after, 'record')}${spent} (${rule})` },
      ];
    }),
  ];
  return changes.sort((a, b) => changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind));
}

const findingKinds: Readonly<Record<string, ChangeKind>> = {
  new: 'new-finding',
  gone: 'gone-finding',
  worse: 'worse-finding',
  better: 'better-finding',
};

function groupChanges(group: GroupComparison): Change[] {
  const { method, host, template, callSite, file, line, movedFrom, count, answers, times, examples } = group;
  const about = {
    what: `${method} ${host}${template}`,
    ...(callSite === undefined ? {} : { callSite }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    examples: examples.after.length > 0 ? examples.after : examples.before,
  };
  const changes: Change[] = [];
  if (count.result !== 'same') changes.push({ kind: count.result, ...about, text: countText(count) });
  if (movedFrom !== undefined) changes.push({ kind: 'moved', ...about, text: `was called at ${movedFrom}` });
  if (answers.differ)
    changes.push({ kind: 'answers', ...about, text: `${answersText(answers.before)} → ${answersText(answers.after)}` });
  for (const [connection, time] of Object.entries(times)) {
    const kind = time.result === 'differs' ? 'times-differ' : time.result;
    if (kind === 'same' || kind === 'tooFew') continue;
    changes.push({ kind, ...about, text: `${timesText(time)} on ${connection} connections` });
  }
  return changes;
}

/** `1 → 12 requests`, `2 to 4 → 12 requests`. */
export function countText({ before, after }: Pick<CountComparison, 'before' | 'after'>): string {
  const is = rangeText(after);
  return `${rangeText(before)} → ${is} ${is === '1' ? 'request' : 'requests'}`;
}

export function rangeText(counts: readonly number[]): string {
  const [min, max] = [Math.min(...counts), Math.max(...counts)];
  return min === max ? numberText(min) : `${numberText(min)} to ${numberText(max)}`;
}

const answersText = (answers: Record<string, number>): string =>
  Object.entries(answers)
    .map(([answer, count]) => `${numberText(count)} × ${answer}`)
    .join(', ');

/** `120 ms → 480 ms (median of 5 runs, +358 to +372 ms; wait +360 ms)`. */
export function timesText({ before, after, interval, basis, phases = [] }: TimeComparison): string {
  const parts = [
    basis === 'runs' ? `medians of ${before.runs} and ${after.runs} runs` : 'in these two traces',
    ...(interval ? [`by ${signed(interval[0])} to ${signed(interval[1])}`] : []),
    ...phases.map(({ of, shift = 0 }) => `${of} ${signed(shift)}`),
  ];
  return `${medianText(before)} → ${medianText(after)} (${parts.join('; ')})`;
}

const medianText = ({ median }: TimeFigures): string => (median === undefined ? 'not measured' : timeText(median));
const signed = (us: number): string => `${us < 0 ? '−' : '+'}${timeText(Math.abs(us))}`;
