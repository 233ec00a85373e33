/**
 * Source text of the object that replaces `$net` in an expression: literals with the records in them, and a few
 * functions. It is evaluated in the program, in the expression's scope, so it uses no name that the program could have
 * shadowed.
 */
import type { FieldName } from '../../model/query';
import type { TracedRequest } from '../api/types';
import type { Use } from './rewrite';

/** A connection of the run, for people. */
export interface ShownConnection {
  number: number;
  /** Ids of its requests, oldest first. */
  requests: string[];
  remote?: string;
  protocol?: string;
}

export interface NetSource {
  /** Of the run that the session belongs to, oldest first. */
  requests(): readonly TracedRequest[];
  /** Those that the query matches; the text of what is wrong with it. */
  matching(query: string): readonly TracedRequest[] | string;
  connections(): readonly ShownConnection[];
  /** Values of a key among them, for completion. */
  seen(key: FieldName): Iterable<string>;
}

/** Most characters of records in one expression, shared by its uses. */
const roomFor = 1_000_000;
const maxRecords = 500;

const hook = "globalThis[Symbol.for('nettrace.hook')]";

/** `shares`: how many uses the expression has. */
export function netObject(use: Use, source: NetSource, shares: number): string {
  const { member, query } = use;
  const room = Math.floor(roomFor / shares);
  const wants = (name: string): boolean => member === undefined || member === name;
  const parts: string[] = [];
  if (wants('last')) parts.push(`last: ${literal(source.requests().at(-1))}`);
  if (wants('request')) parts.push(`request: ${hook}?.stopped`);
  if (wants('connections')) parts.push(`connections() { return ${list(source.connections(), room)}; }`);
  if (wants('requests')) parts.push(requests(source, query, room));
  return `{ ${parts.join(', ')} }`;
}

/** Queries are evaluated here, where the language is; the program gets what was found. */
function requests(source: NetSource, query: string | undefined, room: number): string {
  if (query === undefined) {
    const advice = 'the query must be a plain string; for anything else use .filter() on $net.requests()';
    return `requests(query) { if (query !== undefined) throw new SyntaxError(${literal(advice)}); return ${list(source.requests(), room)}; }`;
  }
  const found = source.matching(query);
  return typeof found === 'string'
    ? `requests() { throw new SyntaxError(${literal(found)}); }`
    : `requests() { return ${list(found, room)}; }`;
}

/** The newest of them that there is room for; what is left out is counted on the array. */
function list(all: readonly object[], room: number): string {
  const kept: string[] = [];
  let length = 0;
  for (let i = all.length - 1; i >= 0 && kept.length < maxRecords; i--) {
    const text = literal(all[i]);
    length += text.length;
    if (length > room) break;
    kept.push(text);
  }
  const omitted = all.length - kept.length;
  const array = `[${kept.reverse().join(',')}]`;
  return omitted === 0 ? array : `Object.assign(${array}, { omitted: ${omitted} })`;
}

/** JSON is JavaScript, but for one name, which records do not have; `undefined` is what JSON leaves out. */
const literal = (value: unknown): string =>
  (JSON.stringify(value) ?? 'undefined').replaceAll('"__proto__":', '["__proto__"]:');
