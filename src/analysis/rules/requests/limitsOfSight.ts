/** What this trace cannot see: so that nobody takes absence for a fact. */
import { faultText } from '../../../model/store/faults';
import { type Draft, draft, number, words } from '../../base/draft';
import { type Facts, sum } from '../../base/facts';

export function limitsOfSightRule({ store }: Facts): Draft[] {
  const found: Draft[] = [];
  const faults = [...store.processes.values()].flatMap((p) =>
    p.threads.flatMap((t) =>
      (t.faults ?? []).map((f) => ({ thread: t.id, part: f.part ?? 'a part', message: f.message })),
    ),
  );
  if (faults.length > 0) {
    const first = faults[0] as (typeof faults)[number];
    found.push(
      draft({
        rule: 'limits-of-sight',
        severity: 'warning',
        title: 'A part of the hook was turned off after an error',
        text: faultText(store) ?? '',
        fault: 'machine',
        certainty: 'sure',
        subjects: [...new Set(faults.map((f) => f.thread))],
        evidence: [number('faults', faults.length), words('part', first.part, first.thread, 'faults')],
        advice: 'Your program is not affected. Please report it.',
      }),
    );
  }
  const lost = store.losses.filter((l) => l.kind !== 'evicted');
  if (lost.length > 0) {
    const n = sum(lost.map((l) => l.count));
    found.push(
      draft({
        rule: 'limits-of-sight',
        severity: 'info',
        title: 'Parts of the trace were lost',
        text: `${n} ${lost[0]?.what ?? 'records'} were lost${lost[0]?.reason === undefined ? '' : ` (${lost[0].reason})`}: findings of that time may be missing.`,
        fault: 'machine',
        certainty: 'sure',
        subjects: [...new Set(lost.flatMap((l) => l.thread ?? []))],
        evidence: [number('lost', n), words('what', lost[0]?.what ?? '')],
      }),
    );
  }
  return found;
}
