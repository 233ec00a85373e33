/** Rules on figures: how many, how much, how long. */
import { quantile } from '../../model/base/statistics';
import { bytesText, numberText, plural, timeText } from '../../model/base/text';
import { isFailed } from '../../model/query/rowFields';
import type { Row } from '../../model/rows/row';
import { type Bound, isUpper, isWithin } from './bound';
import { broken, held, notDecided, notExercised, type Outcome } from './result';
import type { Rule } from './rules';
import type { Subject } from './subject';

/** `rows`: those that the rule is about. Undefined: it is no rule on a figure. */
export function figureOutcome(
  { assert, bound, minSamples }: Rule,
  subject: Subject,
  rows: readonly Row[],
): Outcome | undefined {
  if (bound === undefined || assert.certificate) return undefined;
  if (assert.p50) return quantileOutcome('p50', 0.5, assert.p50.phase, minSamples ?? 5, bound, rows);
  if (assert.p95) return quantileOutcome('p95', 0.95, assert.p95.phase, minSamples ?? 20, bound, rows);
  if (assert.max) return longest(assert.max.phase, bound, subject, rows);
  if (assert.failures !== undefined) return failures(bound, subject, rows);
  if (assert.bytes !== undefined) return bytes(bound, subject, rows);
  const [figure, one] =
    assert.connections !== undefined
      ? [connectionsOf(rows), 'connection']
      : assert.lookups !== undefined
        ? [lookupsOf(subject, rows), 'lookup']
        : [rows.length, 'request'];
  // Of connections, the requests that had them opened.
  const blamed =
    assert.connections === undefined ? rows : rows.filter(({ connection }) => connection?.reused === false);
  return bounded(figure, plural(figure, one), bound, subject, blamed);
}

function bounded(figure: number, text: string, bound: Bound, { incomplete }: Subject, rows: readonly Row[]): Outcome {
  const message = `${text}, allowed: ${bound.text}`;
  const isKept = isWithin(bound, figure);
  // What is missing could only add.
  if (incomplete !== undefined && isKept === isUpper(bound)) return notDecided(`${message}; ${incomplete}`);
  return isKept ? held(message) : broken(message, rows);
}

const connectionsOf = (rows: readonly Row[]): number =>
  new Set(rows.flatMap(({ connection }) => (connection ? [connection.id] : []))).size;

function lookupsOf({ store }: Subject, rows: readonly Row[]): number {
  const lookups = rows.flatMap(({ id, connection }) => {
    const dial = store.requests.get(id)?.dial ?? store.connections.get(connection?.id ?? '')?.dial;
    return store.dials.get(dial ?? '')?.lookup ?? [];
  });
  return new Set(lookups).size;
}

function failures(bound: Bound, subject: Subject, rows: readonly Row[]): Outcome {
  const failed = rows.filter(isFailed);
  if (!bound.isShare) return bounded(failed.length, `${numberText(failed.length)} failed`, bound, subject, failed);
  if (rows.length === 0) return notExercised;
  const share = failed.length / rows.length;
  const text = `${numberText(failed.length)} of ${numberText(rows.length)} failed (${(share * 100).toFixed(1)} %)`;
  const message = `${text}, allowed: ${bound.text}`;
  if (subject.incomplete !== undefined) return notDecided(`${message}; ${subject.incomplete}`);
  return isWithin(bound, share) ? held(message) : broken(message, failed);
}

function bytes(bound: Bound, subject: Subject, rows: readonly Row[]): Outcome {
  const sum = rows.reduce((total, { bytesSent = 0, bytesReceived = 0 }) => total + bytesSent + bytesReceived, 0);
  const unknown = rows.filter(({ bytesSent, bytesReceived }) => bytesSent === undefined && bytesReceived === undefined);
  const why =
    unknown.length === 0 ? subject.incomplete : `the sizes of ${plural(unknown.length, 'request')} are not known`;
  return bounded(sum, bytesText(sum), bound, { ...subject, incomplete: why }, rows);
}

type Figure = 'total' | string | undefined;

const timesOf = (rows: readonly Row[], phase: Figure = 'total'): { row: Row; time: number }[] =>
  rows.flatMap((row) => {
    const time = phase === 'total' ? row.total : row.phases.find(({ name }) => name === phase)?.duration;
    return time === undefined || row.endAt === undefined ? [] : [{ row, time }];
  });

const nameOf = (phase: Figure): string => (phase === undefined || phase === 'total' ? '' : ` of ${phase}`);

function quantileOutcome(
  name: string,
  q: number,
  phase: Figure,
  min: number,
  bound: Bound,
  rows: readonly Row[],
): Outcome {
  const times = timesOf(rows, phase);
  if (rows.length === 0) return notExercised;
  const value = quantile(
    times.map(({ time }) => time),
    q,
  );
  const of = plural(times.length, 'request');
  if (value === undefined || times.length < min)
    return notDecided(`${name}${nameOf(phase)} of ${of}: at least ${min} are needed`);
  const message = `${name}${nameOf(phase)} is ${timeText(value)} over ${of}, allowed: ${bound.text}`;
  if (isWithin(bound, value)) return held(message);
  const slowest = times.filter(({ time }) => !isWithin(bound, time)).sort((a, b) => b.time - a.time);
  return broken(
    message,
    slowest.map(({ row }) => row),
  );
}

function longest(phase: Figure, bound: Bound, { incomplete }: Subject, rows: readonly Row[]): Outcome {
  const times = timesOf(rows, phase);
  if (rows.length === 0) return notExercised;
  if (times.length === 0) return notDecided(`none of ${plural(rows.length, 'request')} has this time`);
  const over = times.filter(({ time }) => !isWithin(bound, time)).sort((a, b) => b.time - a.time);
  const max = Math.max(...times.map(({ time }) => time));
  const message = `maximum${nameOf(phase)} is ${timeText(max)} over ${plural(times.length, 'request')}, allowed: ${bound.text}`;
  if (over.length > 0)
    return broken(
      message,
      over.map(({ row }) => row),
    );
  return incomplete === undefined ? held(message) : notDecided(`${message}; ${incomplete}`);
}
