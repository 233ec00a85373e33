/**
 * A trace member by member, its lists record by record: what is written, converted or checked as a stream needs no more
 * memory than one record. The records of a list are taken before the next member is.
 */
import type { TProperties } from 'typebox';
import { sorted } from '../../model/base/canonical';
import { Check, checksOf } from '../../model/base/checks';
import type { AnySchema } from '../../model/base/schema';
import { type Trace, trace } from '../../model/records';
import { FormatError } from '../file/error';
import { expectValid } from '../file/parse';
import { type Lower, lowered, lowererOf } from '../shared/lower';
import { byInstant, orderedEntries, orderedJson, shapeOf } from '../shared/order';

/** Keys in the order of the file. */
export type Member = { name: string; value: unknown } | { name: string; records: Iterable<unknown> };

const shape = shapeOf(trace);

/** A record of a list as it stands in a file: masked and in order. */
export class Written {
  constructor(
    readonly text: string,
    /** Its first instant. */
    readonly at: number,
  ) {}

  get id(): string | undefined {
    return (JSON.parse(this.text) as { id?: string }).id;
  }
}

/** The members of a document in writing order; lists sorted by instant. */
export function* membersOf(doc: Trace): Generator<Member> {
  for (const [name] of orderedEntries(doc, shape)) {
    const value = (doc as Record<string, unknown>)[name];
    if (Array.isArray(value)) yield { name, records: byInstant.has(name) ? sorted(value as object[]) : value };
    else if (value !== undefined) yield { name, value };
  }
}

/** JSON of a member's value on one line; undefined: nothing that JSON can say. */
export const memberText = (name: string, value: unknown): string | undefined =>
  orderedJson(value, shape.keys.get(name));

/** JSON of a record of the list on one line. */
export const recordText = (name: string, record: unknown): string =>
  orderedJson(record, shape.keys.get(name)?.items) ?? 'null';

/** The text of the native format, piece by piece: a trace may be larger than the longest string. */
export function* piecesOf(members: Iterable<Member>): Generator<string> {
  let first = true;
  yield '{';
  for (const member of members) {
    const { name } = member;
    const head = (): string => {
      const text = `${first ? '\n' : ',\n'}  ${JSON.stringify(name)}: `;
      first = false;
      return text;
    };
    if (!('records' in member)) {
      const text = memberText(name, member.value);
      if (text !== undefined) yield head() + text;
      continue;
    }
    let count = 0;
    yield `${head()}[`;
    for (const record of member.records) {
      const text = record instanceof Written ? record.text : recordText(name, record);
      yield `${count++ === 0 ? '' : ','}\n    ${text}`;
    }
    yield count === 0 ? ']' : '\n  ]';
  }
  yield '\n}\n';
}

const properties = trace.properties as TProperties;
const required = (trace as { required?: readonly string[] }).required ?? [];
const memberChecks = checksOf(properties, 'member.');
const recordChecks = new Map<string, Check>();

function recordCheck(name: string): Check | undefined {
  const items = (properties[name] as AnySchema | undefined)?.items;
  if (items === undefined || Array.isArray(items)) return undefined;
  const known = recordChecks.get(name);
  if (known) return known;
  const check = new Check(items, `record.${name}`);
  recordChecks.set(name, check);
  return check;
}

/** The members as they come, each held against the schema. Throws FormatError for what it does not allow, and what is missing. */
export function* checked(members: Iterable<Member>): Generator<Member> {
  const seen = new Set<string>();
  for (const member of members) {
    const { name } = member;
    if (seen.has(name)) throw new FormatError('invalid', `it has "${name}" twice. Save the trace again.`);
    seen.add(name);
    if ('records' in member) {
      const isList = !Object.hasOwn(properties, name) || (properties[name] as AnySchema).type === 'array';
      if (!isList) expectValid(memberChecks[name] as Check, [], undefined);
      yield { name, records: checkedRecords(name, member.records) };
    } else {
      if (Object.hasOwn(properties, name)) expectMember(name, member.value);
      yield member;
    }
  }
  const absent = required.find((name) => !seen.has(name));
  if (absent !== undefined) throw new FormatError('invalid', `"${absent}" is missing. Save the trace again.`);
}

function* checkedRecords(name: string, records: Iterable<unknown>): Generator<unknown> {
  const check = recordCheck(name);
  let at = 0;
  for (const record of records) {
    if (check && !check.passes(record)) {
      const error = check.firstError(record);
      const path = `${name}[${at}]${(error?.instancePath ?? '').replaceAll('/', '.')}`;
      throw new FormatError('invalid', `${path} ${error?.message ?? 'is not what the format says'}. ${changedFile}`);
    }
    at++;
    yield record;
  }
}

function expectMember(name: string, value: unknown): void {
  const check = memberChecks[name] as Check;
  if (check.passes(value)) return;
  throw new FormatError('invalid', `"${name}" ${check.firstError(value)?.message ?? 'is not valid'}. ${changedFile}`);
}

const changedFile =
  'The file was changed or written by another program: correct the value there, or save the trace again.';

/** As `lowered` of a document: secrets masked, headers cut to the trace's level, which stands before the records. */
export function* loweredMembers(members: Iterable<Member>): Generator<Member> {
  let settings: Trace['settings'];
  for (const member of members) {
    const { name } = member;
    if ('records' in member) {
      yield { name, records: loweredRecords(member.records, lowererOf(settings).recordsOf(name)) };
    } else {
      if (name === 'settings') settings = member.value as Trace['settings'];
      yield {
        name,
        value: (lowered({ settings, [name]: member.value } as unknown as Trace) as Record<string, unknown>)[name],
      };
    }
  }
}

function* loweredRecords(records: Iterable<unknown>, lower: Lower): Generator<unknown> {
  for (const record of records) yield record instanceof Written ? record : lower(record);
}

/** In groups of at most `size`. */
export function* batches<T>(values: Iterable<T>, size: number): Generator<T[]> {
  let some: T[] = [];
  for (const value of values) {
    some.push(value);
    if (some.length < size) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
