/**
 * What `show` and `convert` take: a saved trace, `-` for one on the standard input, or the folder that a killed run left.
 */
import * as fs from 'node:fs/promises';
import { FormatError, parseTrace, readTrace, textOf } from '../../formats';
import { lastInstant } from '../../model/facts/lastInstant';
import type { Trace } from '../../model/records';
import type { Store } from '../../model/store/store';
import { OtherVersion, recoverTrace } from '../../session/recover';
import { complain, UsageError } from '../terminal/say';

export async function openTrace(path: string): Promise<Trace> {
  if (path === '-') return readInput();
  if (path === '') throw new UsageError('The name of the trace is empty.');
  const folder = (await fs.stat(path).catch(() => undefined))?.isDirectory();
  if (!folder) return readTrace(path, { cutOff });
  const trace = await recoverTrace(path).catch((error: unknown) => {
    throw error instanceof OtherVersion ? new UsageError(`${path}: ${error.message}`) : error;
  });
  if (trace === undefined) throw new UsageError(`${path} is a folder without a trace's event files.`);
  return trace;
}

const input = 'standard input';

async function readInput(): Promise<Trace> {
  if (process.stdin.isTTY) throw new UsageError('- reads standard input, which is this terminal: pipe a trace to it.');
  const text = await textOf(process.stdin, input);
  if (text.trim() === '') throw new UsageError('- reads standard input, which was empty.');
  try {
    return parseTrace(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (error.keeps === undefined) throw error.of(input);
    cutOff(error.of(input));
    return parseTrace(text, { recover: true });
  }
}

/** A program that died while it saved, a disk or a transfer that ended early: what came before is worth having. */
function cutOff({ file, place, keeps }: FormatError): void {
  complain(`${file}: the file is cut off at byte ${place?.byte}. The ${keeps} records before that were read.`);
}

/** The instant as of which a trace is shown: one without an end (its session was lost) as of the last thing known. */
export const endOf = ({ header, requests }: Store): number => header.endAt ?? lastInstant(requests.values());
