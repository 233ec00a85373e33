// What `show` and `convert` take: a saved trace, or the folder that a killed run left behind.
import * as fs from 'node:fs/promises';
import { type FormatError, readTrace } from '../formats';
import type { Trace } from '../model/records';
import { recoverTrace } from '../session/recover';
import { complain, UsageError } from './say';

export async function openTrace(path: string): Promise<Trace> {
  const folder = (await fs.stat(path).catch(() => undefined))?.isDirectory();
  if (!folder) return readTrace(path, { cutOff });
  const trace = await recoverTrace(path);
  if (trace === undefined) throw new UsageError(`${path} is a folder without a trace's event files.`);
  return trace;
}

/** A program that died while it saved, a disk or a transfer that ended early: what came before is worth having. */
function cutOff({ file, place, keeps }: FormatError): void {
  complain(`${file}: the file is cut off at byte ${place?.byte}. Taken are the ${keeps} records before that.`);
}
