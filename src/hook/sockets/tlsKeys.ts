/**
 * TLS secrets of the traced connections, in the format of SSLKEYLOGFILE, to decrypt a capture: only with the setting
 * `keys`. Node's TLS handles report them on request. They are requested from the handle, so no listener is added to the
 * socket. The file is next to the spool's and is deleted with it; only its owner can read it, and an existing file is
 * not used. It is opened for each line: the program could close a descriptor that stays open, and its number could then
 * become another file's.
 */

import { isGone } from '../output/hostProcess';
import {
  clearTimer,
  closeSync,
  fsConstants,
  openSync,
  readdirSync,
  setTimer,
  statSync,
  unlinkSync,
  writeSync,
} from '../runtime/builtins';
import { guarded, parts } from '../runtime/guard';
import type { AnySocket } from '../runtime/nodeTypes';
import { hasLeft, whenLeft } from '../runtime/patches';

const part = parts.keys;
let path = '';

/** `host`: process id of the session. */
export function setUpKeys(spool: string, name: string, host: number): void {
  const file = `${spool}/${name}.keys`;
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW = 0 } = fsConstants;
  try {
    closeSync(openSync(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600));
    path = file;
    watchHost(spool, host);
  } catch {
    part.on = false;
  }
}

const restMs = 1000;
/** Looks in a row that find the host gone and silent. */
const maxSilent = 5;

/** Where the session keeps its sign of life, and its process. */
let folder = '';
let hostId = 0;
let timer: NodeJS.Timeout | undefined;
let silent = 0;
let last: number | undefined;

/**
 * A host that was killed deletes nothing, so its secrets go from here. Gone is one whose process is not there and whose
 * sign of life is not updated: in a container its process id says nothing, but its file's time changes each second.
 */
function watchHost(spool: string, host: number): void {
  folder = spool;
  hostId = host;
  whenLeft(() => clearTimer(timer));
  rest();
}

const pollHost = guarded(part, 'keys.host', (): void => {
  if (hasLeft() || path === '') return;
  const sign = statSync(`${folder}/alive`, { throwIfNoEntry: false })?.mtimeMs;
  silent = sign === last && isGone(hostId) ? silent + 1 : 0;
  last = sign;
  if (silent < maxSilent) return rest();
  path = '';
  // Those of threads and processes that have ended, too.
  for (const name of readdirSync(folder)) if (/^[\d-]+\.keys$/.test(name)) unlinkSync(`${folder}/${name}`);
});

function rest(): void {
  timer = setTimer(pollHost, restMs);
  timer.unref();
}

interface TlsHandle {
  enableKeylogCallback?(): void;
}

/** Before the handshake. */
export const askKeys = guarded(part, 'keys.ask', (socket: AnySocket): void => {
  if (path !== '') (socket._handle as TlsHandle | null | undefined)?.enableKeylogCallback?.();
});

/** One line of secrets; true when it was written. */
export const keepKeys = guarded(part, 'keys.keep', (line: unknown): boolean => {
  if (path === '' || !(line instanceof Uint8Array)) return false;
  const { O_APPEND, O_WRONLY, O_NOFOLLOW = 0 } = fsConstants;
  let fd: number;
  try {
    fd = openSync(path, O_APPEND | O_WRONLY | O_NOFOLLOW);
  } catch {
    // Deleted: no more secrets are wanted.
    path = '';
    return false;
  }
  try {
    writeSync(fd, line);
  } finally {
    closeSync(fd);
  }
  return true;
});
