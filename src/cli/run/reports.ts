/** What is said after a run beside its summary: files, what goes on, what could not be recorded. */
import { dirname } from 'node:path';
import { isPacketFile } from '../../formats';
import { numberText, plural } from '../../model/base/text';
import type { TraceSession } from '../../session/session';
import type { SinkReport } from '../sinks/start';
import type { SaveResult } from '../summary/saved';
import { complain } from '../terminal/say';
import type { RunOptions } from './options';

export function reportFull(session: TraceSession): void {
  complain(
    `the disk of ${dirname(session.spoolFolder)} is full: what the program did since then is not in the trace. Set TMPDIR to a folder with space.`,
  );
}

/** What was sent, of sinks that send; what was lost, also to who wanted quiet. */
export function reportSinks(reports: readonly SinkReport[], isQuiet: boolean): void {
  for (const { sink, to, sent, lost, late, error } of reports) {
    const what = sink === 'log-file' ? 'line' : 'record';
    const lateText = late > 0 ? `, ${numberText(late)} late` : '';
    if (lost > 0) complain(`--${sink}: ${numberText(lost)} of ${plural(sent + lost, what)} lost (${error})${lateText}`);
    else if (!isQuiet && sink !== 'metrics') complain(`sent ${plural(sent, what)} to ${to}${lateText}`);
  }
}

/** Servers in the background, daemons: they have outlived the command, and nobody reads what they write any more. */
export function reportLeft(session: TraceSession): void {
  const left = [...session.store.processes.values()].filter((p) => p.end === undefined).map((p) => p.pid);
  if (left.length === 0) return;
  const who = left.length === 1 ? `process ${left[0]} is` : `processes ${left.join(', ')} are`;
  complain(`${who} still running; requests made from now on are not in the trace.`);
}

/** Failures are reported even to who wanted quiet: a file that was asked for is not there. */
export function reportSaved(saved: SaveResult, options: RunOptions): void {
  for (const { path, bytes, error } of saved.files) {
    if (error !== undefined) complain(error);
    else if (!options.quiet && !options.json) complain(`saved ${path} (${numberText(bytes ?? 0)} bytes)`);
  }
  if (!saved.files.some((f) => f.error !== undefined && !isPacketFile(f.path))) return;
  complain(
    saved.kept !== undefined
      ? `the trace is kept in ${saved.kept}`
      : 'the trace could not be saved anywhere and is lost.',
  );
}
