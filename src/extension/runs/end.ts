/** How a run ended, as far as it was seen: a program may go on when its trace does not. */
import { plural, timeText } from '../../model/base/text';
import type { PanelMessage, Run as RunInfo } from '../../model/panel/protocol';
import type { Store } from '../../model/store/store';
import type { Run } from './run';

/** How the program ended, for the page. `isOver`: nothing more is to come of the trace. */
export function endOf(store: Store, isOver: boolean): Pick<RunInfo, 'exitCode' | 'signal' | 'leftRunning'> {
  const { exitCode, signal } = store.rootProcess() ?? {};
  return {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(isOver && wasLeft(store) ? { leftRunning: true } : {}),
  };
}

/** The program was there when the trace ended. */
function wasLeft(store: Store): boolean {
  const root = store.rootProcess();
  return root !== undefined && root.end === undefined;
}

export function endMessage(run: Run): PanelMessage {
  if (!run.failedEarly)
    return {
      kind: 'ended',
      text: `${endText(run)}${interruptedText(run.store)}`,
      action: { title: 'Save…', command: 'save' },
    };
  const { exitCode } = run.store.rootProcess() ?? {};
  const why = run.errorLine === undefined ? '.' : `: ${run.errorLine}`;
  const action = { title: 'Show Debug Console', command: 'showOutput' } as const;
  return { kind: 'ended', text: `The program ended with exit code ${exitCode} before any request${why}`, action };
}

function endText(run: Run): string {
  const { store } = run;
  const root = store.rootProcess();
  // Read from what the program wrote, after the window that traced it: when either ended nobody noted.
  const isRecovered = store.header.endAt === undefined && root?.endAt === undefined;
  const after = isRecovered ? '' : ` after ${timeText(run.age())}`;
  const last = isRecovered ? ` The last record is ${timeText(run.age())} after the start.` : '';
  if (root?.end !== undefined) return `The program ended${howOf(run)}${after}.${last}`;
  if (run.attached) return `Detached${after}.${last} The program keeps running.`;
  const why = run.state === 'interrupted' ? ': the window was reloaded or closed' : '';
  return `Tracing stopped${after}${why}.${last}${root === undefined ? '' : ' The program was still running.'}`;
}

function howOf({ store }: Run): string {
  const { exitCode, signal } = store.rootProcess() ?? {};
  if (signal !== undefined) return ` by ${signal}`;
  return exitCode === undefined ? '' : ` with exit code ${exitCode}`;
}

function interruptedText(store: Store): string {
  let [interrupted, left] = [0, 0];
  for (const r of store.requests.values()) {
    if (r.outcome !== 'interrupted' && r.outcome !== 'processExit') continue;
    if (r.missing?.endAt === 'detached') left++;
    else interrupted++;
  }
  const text = (n: number, one: string, many: string) =>
    n === 0 ? '' : ` ${plural(n, 'request')} ${n === 1 ? one : many}.`;
  return (
    text(interrupted, 'was interrupted', 'were interrupted') + text(left, 'was still running', 'were still running')
  );
}
