/**
 * TLS secrets of the traced connections, in the format of SSLKEYLOGFILE, for who must decrypt a capture: only with the
 * setting `keys`. Node's TLS handles tell them when asked; asked here is the handle, so the socket has no listener more
 * than without us. The file stands beside the spool's and goes with it; only its owner can read it, and it is made here
 * or not used. It is opened for each line: a descriptor that stays open could be closed by the program and come to be
 * another file's.
 */
import { closeSync, fsConstants, openSync, writeSync } from './builtins';
import { guarded, parts } from './faults';
import type { AnySocket } from './net';

const part = parts.keys;
let path = '';

export function setUpKeys(file: string): void {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW = 0 } = fsConstants;
  try {
    closeSync(openSync(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600));
    path = file;
  } catch {
    part.on = false;
  }
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
