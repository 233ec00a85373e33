/** Whether a request was slow, and which part made it so. */

import { timeText } from '../../model/base/text';
import { phaseWords } from '../../model/facts/phaseWords';
import type { Verdict } from '../../model/facts/verdict';
import type { Request } from '../../model/records';
import { time } from '../base/draft';
import { busyLoop, partMatters, sideLikely, sideSure, slowAt, slowerThanUsual, tie } from '../base/limits';
import { type Case, ofText, useHelper } from './case/context';
import { type Part, partsOf } from './parts';

/** The developer's own side first: it can be changed. */
const sides = ['yourCode', 'node', 'dns', 'network', 'proxy', 'server', 'machine', 'unclear'];
const long = (r: Request): boolean =>
  r.upgrade !== undefined ||
  r.method === 'CONNECT' ||
  r.response?.contentType?.startsWith('text/event-stream') === true ||
  (r.response?.wireBytes ?? 0) > 1024 * 1024;

/** The verdict of a request that was slow; undefined: it was not. */
export function slowVerdict(k: Case): Verdict | undefined {
  if (k.breakdown.total === undefined) return undefined;
  const parts = partsOf(k);
  const matters = (p: Part) => p.rule !== 'server' && p.lo >= partMatters.min && p.lo >= partMatters.share * k.total;
  // Most of it the loop was busy: what it says of the server is not known then.
  const isBusy = (p: Part) =>
    p.rule === 'busyLoop' && p.hi >= busyLoop.min && p.hi >= busyLoop.share * k.total && k.whyBusy === 'computed';
  const usual = long(k.r) ? undefined : k.usual.totalOf(k.r);
  const isSlow =
    (!long(k.r) && k.total >= slowAt) ||
    (usual !== undefined && k.total >= slowerThanUsual.times * usual && k.total >= usual + slowerThanUsual.by) ||
    parts.some((p) => matters(p) || isBusy(p));
  return isSlow ? decide(k, parts) : undefined;
}

function decide(k: Case, parts: readonly Part[]): Verdict | undefined {
  const { total } = k;
  const near = (a: Part, b: Part) => Math.abs(a.lo - b.lo) <= tie * total;
  const order = [...parts].sort((a, b) =>
    near(a, b) ? sides.indexOf(a.fault) - sides.indexOf(b.fault) || b.lo - a.lo || b.hi - a.hi : b.lo - a.lo,
  );
  // Where nothing is known for sure, the longest open part is the one to name.
  const main = order.find((p) => p.lo > 0) ?? [...parts].sort((a, b) => b.hi - a.hi)[0];
  if (!main) return undefined;
  const busy = parts.find((p) => p.rule === 'busyLoop');
  const others = parts.filter((p) => p !== main);
  const sure = main.lo >= sideSure * total && others.every((p) => main.lo > p.hi);
  const likely =
    main.lo >= sideLikely.lo * total && main.hi >= sideLikely.hi * total && others.every((p) => p.lo <= main.lo);
  // From here, server and path look the same but on the own machine.
  const path = main.rule === 'server' || main.rule === 'body' || main.rule === 'tlsHandshake';
  if (sure && (!path || k.loopback)) return said(k, main, 'sure');
  if (busy && busy.hi >= busyLoop.share * total && !sure) return said(k, busy, 'likely');
  if (sure || likely) return said(k, main, 'likely');
  if (others.every((p) => p.hi < sideLikely.lo * total) && main.hi >= sideLikely.hi * total)
    return said(k, main, 'likely');
  const open = [...parts].sort((a, b) => b.hi - a.hi).slice(0, 2);
  const phases = [...new Set(open.map((p) => phaseWords[p.phase].doing))];
  return {
    level: 'slow',
    rule: 'notClear',
    fault: 'unclear',
    certainty: 'unclear',
    text: `Not clear: ${timeText(total)}, most of it ${phases.join(' and ')}.`,
    evidence: open.flatMap((p) => p.evidence.slice(0, 1)).concat(time('total', total, k.r.id)),
    toFindOut: main.toFindOut ?? useHelper,
  };
}

function said(k: Case, part: Part, certainty: 'sure' | 'likely'): Verdict {
  const figure = part.lo > 0 ? part.lo : part.hi;
  const text = part.text(`${ofText(figure, k.total)} (${Math.round((figure / k.total) * 100)} %)`);
  return {
    level: 'slow',
    rule: part.rule,
    fault: part.fault,
    certainty,
    text: certainty === 'likely' ? text.replace(/^The server took/, 'The server probably took') : text,
    evidence: part.evidence,
    ...(part.advice === undefined ? {} : { advice: part.advice }),
    ...(certainty === 'likely' && part.toFindOut !== undefined ? { toFindOut: part.toFindOut } : {}),
  };
}
