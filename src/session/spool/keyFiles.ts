/**
 * TLS secrets that the hook of each thread has written beside its spool, `<pid>-<tid>-<begin>.keys`. They go with the
 * spool folder, or earlier when asked; the trace itself never holds them.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readOwnEndSync } from './ownFiles';

const nameOfKeys = /^\d{1,10}-\d{1,10}-\d{1,20}\.keys$/;
/** More than any program makes; the file is the debuggee's. */
const maxBytes = 64 * 1024 * 1024;
/** A line of SSLKEYLOGFILE: label, client random, secret. */
const secret = /^[A-Z][A-Z0-9_]{2,40} [0-9a-f]{64} [0-9a-f]{2,512}$/;

export const isSecretFile = (name: string): boolean => nameOfKeys.test(name);

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter(isSecretFile)
    .sort()
    .map((name) => join(folder, name));

/** All secrets so far, in the format of SSLKEYLOGFILE; only whole lines of files that are ours. */
export function readKeys(folder: string): string {
  let text = '';
  for (const file of filesIn(folder)) {
    const lines = (readOwnEndSync(file, maxBytes)?.text.toString('latin1') ?? '').split('\n');
    for (const line of lines) if (secret.test(line)) text += `${line}\n`;
  }
  return text;
}

/** Bytes of all of them: whether there is more to read. */
export function keysSize(folder: string): number {
  return filesIn(folder).reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** A hook that finds its file gone writes no more. */
export function deleteKeys(folder: string): void {
  for (const file of filesIn(folder)) rmSync(file, { force: true, recursive: true });
}
