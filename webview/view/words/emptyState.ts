/** What the page says while it has no row: the truth of the situation, and the next step. */
import type { PageCommand, Run, Status } from '../types';

export interface EmptyState {
  is: 'none' | 'off' | 'recording' | 'quiet' | 'failed' | 'untraced';
  title: string;
  text: string;
  /** As the program wrote it. */
  code?: string;
  /** A quiet line below. */
  note?: string;
  buttons: readonly (readonly [PageCommand, string])[];
}

const debug = ['debug', 'Debug with Net Trace'] as const;
const again = ['debug', 'Debug again'] as const;
const open = ['open', 'Open a saved trace…'] as const;
const traceAll = ['traceAll', 'Trace all requests'] as const;
const showOutput = ['showOutput', 'Show Debug Console'] as const;

/** `waited`: the program has run for some time without a request. */
export function emptyState(runs: readonly Run[], status: Status, waited: boolean): EmptyState {
  const running = runs.filter((r) => r.state === 'running');
  const last = runs.at(-1);
  if (last && status.recording && running.length > 0) return recording(running, status, waited);
  if (last && last.state !== 'running') return ended(last, status);
  if (status.tracing?.conditions.length === 0) return offOr(status, debug, ...undoFor(status));
  return {
    is: 'none',
    title: 'No requests yet',
    text: 'Debug a Node program with Net Trace: each HTTP request that it makes appears here while it runs.',
    buttons: [debug, open, ...undoFor(status)],
  };
}

const record = ['record', 'Record'] as const;

const undoFor = ({ cleared }: Status): EmptyState['buttons'] =>
  cleared === undefined ? [] : [['undoClear', `Undo Clear (${cleared === 1 ? '1 request' : `${cleared} requests`})`]];

const paused = (...more: EmptyState['buttons']): EmptyState => ({
  is: 'off',
  title: 'Recording is paused',
  text: 'Requests that the program makes now are not recorded.',
  buttons: [record, ...more],
});

const offOr = (status: Status, ...more: EmptyState['buttons']): EmptyState =>
  status.tracing?.paused ? paused(...more) : off(...more);

const off = (...more: EmptyState['buttons']): EmptyState => ({
  is: 'off',
  title: 'Tracing is off',
  text: 'No trace rule is enabled, so no request is recorded.',
  buttons: [traceAll, ...more],
});

function recording(running: readonly Run[], status: Status, waited: boolean): EmptyState {
  const conditions = status.tracing?.conditions;
  if (conditions?.length === 0) return offOr(status, ...undoFor(status));
  const processes = running.flatMap((r) => r.processes).map((p) => `${p.label} (${p.pid})`);
  const made = status.tracing?.made ?? 0;
  const text = conditions
    ? `${made > 0 ? `None of the ${made} requests so far matches` : 'Waiting for a request that matches'} ${conditions.join(' or ')}.`
    : running.some((r) => r.cleared)
      ? 'No request since the list was cleared.'
      : waited
        ? 'Recording. The program has made no request yet.'
        : 'Waiting for the first request.';
  return {
    is: 'recording',
    title: 'Recording',
    text,
    ...(waited && processes.length > 0 ? { note: `Traced: ${processes.join(', ')}` } : {}),
    buttons: [...(conditions ? [traceAll] : []), ...undoFor(status)],
  };
}

function ended(run: Run, status: Status): EmptyState {
  if (run.message?.kind === 'hook')
    return { is: 'untraced', title: 'Nothing was traced', text: 'See the message above.', buttons: [again, open] };
  if (run.exitCode !== undefined && run.exitCode !== 0)
    return {
      is: 'failed',
      title: `The program ended with exit code ${run.exitCode}`,
      text: run.traced === undefined ? 'It made no request.' : 'No request was recorded.',
      ...(run.errorLine === undefined ? {} : { code: run.errorLine }),
      buttons: [showOutput, again],
    };
  const stillOff = status.tracing?.conditions.length === 0;
  if (run.traced === 'none' && stillOff) return offOr(status, again);
  if (run.traced === 'none')
    return { is: 'untraced', title: 'Tracing was off', text: 'Nothing of this run was recorded.', buttons: [again] };
  if (run.untraced || run.traced === 'some')
    return {
      is: 'untraced',
      title: 'No request matched',
      text: run.untraced
        ? `This run made ${run.untraced} ${run.untraced === 1 ? 'request' : 'requests'}; none matches what is traced.`
        : 'No request of this run matched what is traced.',
      buttons: [...(status.tracing ? [traceAll] : []), again],
    };
  return { is: 'quiet', title: 'This run made no request', text: howEnded(run), buttons: [again, open] };
}

function howEnded(run: Run): string {
  if (run.leftRunning) return 'The program was still running when the trace ended.';
  return run.signal === undefined ? 'The program ended.' : `The program was ended by ${run.signal}.`;
}
