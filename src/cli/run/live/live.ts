/** What is shown while the program runs. */
import type { TraceSession } from '../../../session/session';
import type { Sinks } from '../../sinks/start';
import { styleFor } from '../../terminal/say';
import type { RunOptions } from '../options';
import { EventLog, type LogOutput } from './eventLog';
import { atLineBegin } from './lineBegin';
import { LiveTable } from './liveTable';

/** `end` is called once everything was read. */
export function liveOf(session: TraceSession, options: RunOptions, sinks: Sinks | undefined): { end(): void } {
  const outputs: LogOutput[] = sinks?.log ? [{ write: sinks.log }] : [];
  if (options.log)
    outputs.push({
      write: atLineBegin(process.stderr),
      ...(options.json ? {} : { style: styleFor(process.stderr) }),
    });
  const log = outputs.length > 0 ? new EventLog(session.store, outputs) : undefined;
  if (!log) session.store.ignoreChanges();
  const stop = log && session.onDidChange(() => log.update());
  const table = options.table
    ? new LiveTable(session.store, () => session.now(), process.stderr, options.interval, {
        sort: options.sort,
        rows: rowLimit(options),
      })
    : undefined;
  return {
    end: () => {
      stop?.();
      log?.update();
      table?.end();
    },
  };
}

/** Rows of a table at most; undefined: as many as it has by itself. */
export const rowLimit = ({ rows }: RunOptions): number | undefined =>
  rows === 'all' ? Number.POSITIVE_INFINITY : rows;
