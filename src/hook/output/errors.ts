/** Errors as structure. Everything is read once and defensively: an error may be anything that was thrown. */
import type { ErrorInfo, PhaseName } from '../../model/records/common';
import { maskedText } from './json';

interface Thrown {
  code?: unknown;
  name?: unknown;
  message?: unknown;
  syscall?: unknown;
  address?: unknown;
  port?: unknown;
  hostname?: unknown;
  cause?: unknown;
  errors?: unknown;
}

const text = (v: unknown): string | undefined => (typeof v === 'string' && v !== '' ? v : undefined);

/** What an error says of itself; `phase` is added by who knows it. Causes: 3 in all, as a line has 4 KiB. */
export function errorInfo(error: unknown, phase?: PhaseName): ErrorInfo {
  const seen = new Set<unknown>();
  return describe(error, phase, seen, 0);
}

function describe(error: unknown, phase: PhaseName | undefined, seen: Set<unknown>, depth: number): ErrorInfo {
  const info: ErrorInfo = {};
  if (phase) info.phase = phase;
  if (typeof error !== 'object' || error === null) {
    if (error !== undefined) info.message = maskedText(String(error), 512);
    return info;
  }
  seen.add(error);
  const e = error as Thrown;
  // The code of a DOMException is a legacy number: its name says what it is.
  const code = text(e.code);
  const name = text(e.name);
  const message = text(e.message);
  const syscall = text(e.syscall);
  const address = text(e.address);
  const hostname = text(e.hostname);
  if (code) info.code = code.slice(0, 128);
  if (name && name !== 'Error') info.name = name.slice(0, 128);
  if (message) info.message = maskedText(message, 512);
  if (syscall) info.syscall = syscall.slice(0, 64);
  if (address) info.address = address.slice(0, 256);
  if (typeof e.port === 'number' && e.port > 0) info.port = e.port;
  if (hostname) info.hostname = hostname.slice(0, 256);
  if (depth < 8) {
    const causes = (Array.isArray(e.errors) ? (e.errors as unknown[]) : [])
      .concat(e.cause === undefined ? [] : [e.cause])
      .filter((c) => !seen.has(c))
      .slice(0, 3);
    if (causes.length > 0 && seen.size < 8) info.causes = causes.map((c) => describe(c, undefined, seen, depth + 1));
  }
  return info;
}

/** The reason of an abort: what the program gave, else the name of the error it caused. */
export function reasonOf(error: unknown): string | undefined {
  if (error === undefined || error === null) return undefined;
  if (typeof error !== 'object') return maskedText(String(error), 512);
  const e = error as Thrown;
  const cause = e.cause as Thrown | undefined;
  const said = text(cause?.message) ?? text(cause) ?? text(e.message) ?? text(e.name);
  return said && maskedText(said, 512);
}
