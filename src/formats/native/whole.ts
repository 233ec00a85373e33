/** A document and what a store let go before it was made, together again: the trace as if the store had no bound. */
import { firstInstant } from '../../model/base/canonical';
import { compareIds } from '../../model/base/ids';
import type { Trace } from '../../model/records';
import { evictedLists } from '../../model/store/evictionSink';
import { unkept } from '../../model/store/losses';
import { loweredMembers, type Member, membersOf, piecesOf, Written } from './members';
import type { Spilled } from './spill';

/** The header of the whole trace, its lists those of the document. */
export function wholeHeader(doc: Trace, spill: Spilled): Trace {
  const kept = spill.counted('requests');
  const { totals, ...counts } = doc.counts;
  const evictedRequests = counts.evictedRequests - kept;
  return {
    ...doc,
    counts: { ...counts, evictedRequests, ...(totals && evictedRequests > 0 ? { totals } : {}) },
    losses: unkept(doc.losses, (list) => spill.counted(list)),
    // The findings know of these alone.
    ...(doc.findings && kept > 0 ? { analysedRequests: outgoing(doc).length } : {}),
  };
}

const outgoing = (doc: Trace) => doc.requests.filter((r) => r.direction !== 'in');

/** The members of the whole trace, as `membersOf`: memory holds one record of those that were let go, or its text. */
export function* wholeMembers(doc: Trace, spill: Spilled, as: 'records' | 'texts' = 'records'): Generator<Member> {
  const header: Record<string, unknown> = { ...wholeHeader(doc, spill) };
  // A list of which the document has no record may be absent there.
  for (const name of evictedLists) if (spill.has(name)) header[name] ??= [];
  for (const member of membersOf(header as unknown as Trace)) {
    const list = evictedLists.find((name) => name === member.name);
    if (list === undefined || !('records' in member)) {
      yield member;
      continue;
    }
    let records = merged(spill[as](list), member.records as Iterable<object>);
    if (list === 'requests') records = merged(spill[as]('incoming'), records);
    yield { name: list, records };
  }
}

/** The text of the whole trace, masked; what was let go as it was written, if it was masked for the same settings. */
export function wholePieces(doc: Trace, spill: Spilled): Generator<string> {
  const as = spill.isMaskedFor(doc.settings) ? 'texts' : 'records';
  return piecesOf(loweredMembers(wholeMembers(doc, spill, as)));
}

/** Of two that are sorted by first instant and id, one that is. Of records with the same id the second's stays. */
export function* merged(first: Iterable<object>, second: Iterable<object>): Generator<object> {
  const [a, b] = [first[Symbol.iterator](), second[Symbol.iterator]()];
  let [x, y] = [a.next(), b.next()];
  while (!x.done || !y.done) {
    const order = x.done ? 1 : y.done ? -1 : compared(x.value, y.value);
    if (order <= 0) {
      // A record that was let go and came again.
      if (order < 0 || idOf(x.value) === undefined) yield x.value;
      x = a.next();
    } else {
      yield y.value;
      y = b.next();
    }
  }
}

const idOf = (record: object): string | undefined => (record as { id?: string }).id;

function compared(x: object, y: object): number {
  const [a, b] = [instantOf(x), instantOf(y)];
  return a < b ? -1 : a > b ? 1 : compareIds(idOf(x) ?? '', idOf(y) ?? '');
}

const instantOf = (record: object): number =>
  record instanceof Written ? record.at : firstInstant(record as Record<string, unknown>);
