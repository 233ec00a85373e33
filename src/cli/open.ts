// What `show` and `convert` take: a saved trace, or the folder that a killed run left behind.
import * as fs from 'node:fs/promises';
import { readTrace } from '../formats';
import type { Trace } from '../model/records';
import { recoverTrace } from '../session/recover';
import { UsageError } from './say';

export async function openTrace(path: string): Promise<Trace> {
  const folder = (await fs.stat(path).catch(() => undefined))?.isDirectory();
  if (!folder) return readTrace(path);
  const trace = await recoverTrace(path);
  if (trace === undefined) throw new UsageError(`${path} is a folder without a trace's event files.`);
  return trace;
}
