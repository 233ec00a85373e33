/** What every scenario asks: did the program notice, and is the trace true. */
import { phasesOf } from '../../../src/model/phases/phases';
import type { Trace } from '../../../src/model/records';
import { Store } from '../../../src/model/store/store';
import { problemsOfDocument } from '../../support/check';
import type { Checks } from './scenario';
import type { Done } from './world';

const sorted = (list: readonly string[]) => [...list].sort().join('\n');

/** The program ended as without us, wrote the same, and the server got the same. */
export function unharmed({ plain, traced }: { plain: Done; traced: Done }): Checks {
  return {
    'same stdout': traced.stdout === plain.stdout,
    'same stderr': traced.stderr === plain.stderr,
    'same exit code': traced.code === plain.code,
    'the same requests arrived': sorted(traced.arrived) === sorted(plain.arrived),
  };
}

/** Of a request whose first line was lost. */
const unnamed = 'no URL';

/** Requests of the trace as the server names them. */
export const recorded = (trace: Trace | undefined): string[] =>
  (trace?.requests ?? []).map(({ method, url }) => {
    if (url === undefined) return unnamed;
    const { pathname, search } = new URL(url);
    return `${method} ${pathname}${search}`;
  });

/** Each request that arrived is recorded once, and no other. */
export const wholeTrace = ({ trace, arrived }: Done): Checks => ({
  'each request is recorded once': sorted(recorded(trace)) === sorted(arrived),
});

/** Of a trace that lacks some: what it holds did happen, once. */
export function trueTrace({ trace, arrived }: Done): Checks {
  const left = [...arrived];
  const invented = recorded(trace).filter((one) => {
    if (one === unnamed) return false;
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { 'no request is invented': trace !== undefined && invented.length === 0 };
}

/** Kinds of losses that the trace states, with their counts. */
export const lossesOf = (trace: Trace | undefined): string[] =>
  (trace?.losses ?? []).map(({ what, kind, count }) => `${count} ${what} ${kind}`);

/** References resolve, and no instant, duration, size or phase is negative, whatever the clocks did. */
export function soundTrace(trace: Trace | undefined): Checks {
  const words = 'no time or size is negative, each reference leads to a record';
  if (trace === undefined) return { [words]: false };
  const store = Store.fromDocument(trace);
  const phases = [...store.requests.values()].flatMap((r) => phasesOf(r, store).phases);
  return { [words]: problemsOfDocument(trace).length === 0 && phases.every(({ duration }) => duration >= 0) };
}

/** All three that hold wherever nothing may be lost. */
export const allHolds = (runs: { plain: Done; traced: Done }): Checks => ({
  ...unharmed(runs),
  ...wholeTrace(runs.traced),
  ...soundTrace(runs.traced.trace),
  [`the trace states no loss${lossesOf(runs.traced.trace).map((loss) => `: ${loss}`)}`]:
    lossesOf(runs.traced.trace).length === 0,
});

/** The longest request of a trace, in ms. */
export const longest = (trace: Trace | undefined): number =>
  Math.max(0, ...(trace?.requests ?? []).map(({ createdAt = 0, endAt = createdAt }) => (endAt - createdAt) / 1000));

/** How many were recorded, of those that arrived. */
export const counted = ({ trace, arrived }: Done): string =>
  `${trace?.requests.length ?? 'no trace'} of ${arrived.length} requests recorded`;
