/**
 * The spool: one file of JSON lines an isolate, written with `writeSync` on an O_APPEND descriptor. No timer, socket or
 * thread, so it cannot hold the process open and works at a breakpoint; what is written survives SIGKILL.
 *
 * At `segmentBytes` a new segment begins, the reader deletes the ones it has read. When more than `maxUnreadBytes` wait,
 * or on any error but EAGAIN (full disk, forbidden folder), writing stops for good: the program goes on untraced.
 */
import { byteLength, closeSync, existsSync, fstatSync, openSync, writeSync } from '../runtime/builtins';
import { now } from '../runtime/clock';

interface Spool {
  folder: string;
  /** `<pid>-<tid>-<begin>` */
  name: string;
  segmentBytes: number;
  maxUnreadBytes: number;
  /** `proc` line (and, from the second segment on, `ctl`) that each segment begins with. */
  preamble: (segment: number) => string;
}

let spool: Spool | undefined;
let fd = -1;
let inode = '';
let checkedAt = 0;
let segment = 0;
let size = 0;
let unread: { path: string; bytes: number }[] = [];
let dropped = 0;
let dead = false;

const pathOf = (s: Spool, n: number): string => `${s.folder}/${s.name}.${n}.jsonl`;
const identity = (): string => {
  const s = fstatSync(fd);
  return `${s.dev}:${s.ino}`;
};

/** Opens the first segment. False: this process cannot be traced (no rights, no folder); nothing has been changed. */
export function openSpool(s: Spool): boolean {
  spool = s;
  try {
    nextSegment(s);
    return true;
  } catch {
    dead = true;
    return false;
  }
}

/** Nothing more is written. */
export function closeSpool(): void {
  if (!dead && fd >= 0 && isOurs()) closeSync(fd);
  dead = true;
  fd = -1;
}

/** Whether a descriptor is the spool's. */
export const isSpool = (descriptor: unknown): boolean => !dead && descriptor === fd;

function nextSegment(s: Spool): void {
  if (fd >= 0) {
    closeSync(fd);
    unread.push({ path: pathOf(s, segment), bytes: size });
    unread = unread.filter((u) => existsSync(u.path));
  }
  segment++;
  fd = openSync(pathOf(s, segment), 'a', 0o600);
  inode = identity();
  size = 0;
  write(s.preamble(segment));
}

function write(text: string): void {
  const n = writeSync(fd, text);
  size += n;
  // Cut short by a full disk: the rest brings the error. A torn line is the reader's to skip.
  if (n < byteLength(text)) size += writeSync(fd, Buffer.from(text).subarray(n));
}

/** Writes whole lines. Never throws. */
export function put(text: string): void {
  if (dead || !spool) return;
  try {
    const t = now();
    // A program that closes all descriptors may have given ours to another file: look before writing, ten times a second.
    if (t - checkedAt > 100) {
      checkedAt = t;
      if (!isOurs()) reopen(spool);
    }
    if (dropped > 0) {
      const lost = dropped;
      dropped = 0;
      write(`{"k":"loss","what":"lines","kind":"dropped","count":${lost},"reason":"EAGAIN"}\n`);
    }
    write(text);
    if (size >= spool.segmentBytes) rotate(spool);
  } catch (e) {
    failed(e as NodeJS.ErrnoException, text);
  }
}

function isOurs(): boolean {
  try {
    return identity() === inode;
  } catch {
    return false;
  }
}

function reopen(s: Spool): void {
  fd = openSync(pathOf(s, segment), 'a', 0o600);
  const before = inode;
  inode = identity();
  // The folder was emptied behind us: a segment must begin with its `proc` line.
  if (inode !== before) write(s.preamble(segment));
}

function rotate(s: Spool): void {
  nextSegment(s);
  const waiting = unread.reduce((sum, u) => sum + u.bytes, 0);
  if (waiting + s.segmentBytes > s.maxUnreadBytes) {
    dead = true;
    write('{"k":"loss","what":"lines","kind":"overflow","count":1,"reason":"nobody reads the spool"}\n');
  }
}

function failed(e: NodeJS.ErrnoException, text: string): void {
  if (e.code === 'EAGAIN') {
    dropped += text.split('\n').length - 1;
    return;
  }
  if (e.code === 'EBADF' && spool) {
    // Closed by the program. Once more, with a descriptor of our own.
    try {
      reopen(spool);
      write(text);
      return;
    } catch {
      // Falls through to the end.
    }
  }
  dead = true;
  try {
    write(`{"k":"loss","what":"lines","kind":"dropped","count":1,"reason":"${e.code ?? 'error'}"}\n`);
  } catch {
    // A full disk takes no line that says so.
  }
}
