/**
 * The hit that a program is paused at: the last line of its spool file, written right before the stop. Read
 * synchronously, as the debugger's message that reports the stop is being forwarded.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readOwnEndSync } from '../../session/spool/ownFiles';

/** Longest line of a spool. */
const max = 4096;

export interface LastHit {
  breakpoint: string;
  title?: string | undefined;
  hits: number;
  /** Id of the request in its thread. */
  request?: number | undefined;
  method?: string | undefined;
  url?: string | undefined;
  callSite?: { file: string; line: number; column: number; function?: string } | undefined;
  /** `4711-0`. */
  thread: string;
  /** File and size: distinguishes one stop from another. */
  key: string;
}

/** The hits that threads of a run are paused at, usually one. */
export function stopsIn(folder: string): LastHit[] {
  const stops: LastHit[] = [];
  for (const name of namesIn(folder)) {
    const m = /^(\d+-\d+)-\d+\.\d+\.jsonl$/.exec(name);
    if (!m) continue;
    const found = lastLine(join(folder, name));
    const hit = found && hitIn(found.text);
    if (hit) stops.push({ ...hit, thread: m[1] as string, key: `${name}:${found.size}` });
  }
  return stops;
}

/** Checked by hand: the schemas of lines are in a bundle that is loaded only when needed. The program could write anything. */
function hitIn(text: string): Omit<LastHit, 'thread' | 'key'> | undefined {
  if (!text.startsWith('{"k":"brk"')) return undefined;
  let line: Record<string, unknown>;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { what, breakpoint, hits, title, request, method, url, callSite } = line;
  if (what !== 'stop' || typeof breakpoint !== 'string' || typeof hits !== 'number') return undefined;
  const texts = Object.entries({ title, method, url }).filter((e): e is [string, string] => typeof e[1] === 'string');
  const place = placeIn(callSite);
  return {
    breakpoint,
    hits,
    ...Object.fromEntries(texts),
    ...(typeof request === 'number' ? { request } : {}),
    ...(place ? { callSite: place } : {}),
  };
}

function placeIn(value: unknown): LastHit['callSite'] {
  if (typeof value !== 'object' || value === null) return undefined;
  const { file, line, column, function: name } = value as Record<string, unknown>;
  if (typeof file !== 'string' || !Number.isInteger(line) || !Number.isInteger(column)) return undefined;
  return {
    file,
    line: line as number,
    column: column as number,
    ...(typeof name === 'string' ? { function: name } : {}),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function lastLine(path: string): { text: string; size: number } | undefined {
  const end = readOwnEndSync(path, max);
  const text = end?.text.toString('utf8');
  if (end === undefined || !text?.endsWith('\n')) return undefined;
  return { text: text.slice(text.lastIndexOf('\n', text.length - 2) + 1, -1), size: end.size };
}
