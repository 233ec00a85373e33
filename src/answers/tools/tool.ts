/** What a tool is, how what it is given is checked, and what all results say of the trace. */
import type { Static, TObject, TProperties } from 'typebox';
import * as Type from 'typebox';
import { Errors } from 'typebox/value';
import { UsageError } from '../base/usageError';
import { bounded, bytesOf, type Cut, dataText } from './data';
import type { View } from './view';

/** Bytes of JSON of a whole result: the structured part, and the text. */
export const maxStructured = 50_000;
const maxText = 10_000;

export interface Result {
  /** What was asked for, as `output` of the tool describes it. */
  structured: Record<string, unknown>;
  /** Lists of it that were made to fit already, by `fitting`. */
  lists?: Record<string, readonly unknown[]>;
  /** The same for people and for clients without structured results, a line each; the first is ours. */
  lines: readonly string[];
}

export interface Tool {
  name: string;
  title: string;
  description: string;
  input: TObject;
  output: TObject;
  run(args: unknown): Promise<{ structured: Record<string, unknown>; text: string }>;
}

export const input = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });

export const anything = (description: string) => Type.Object({}, { description });

export const common = {
  trace: Type.Object(
    {
      name: Type.String({ description: 'File, running session, or run.' }),
      id: Type.String(),
      description: Type.Optional(Type.String({ description: 'What was run.' })),
      state: Type.String({ description: 'running, ended or interrupted.' }),
      beginTime: Type.String({ description: 'Wall clock at instant 0, RFC 3339.' }),
      duration: Type.Optional(Type.Number({ description: 'µs until its end, or until now. Absent: not known.' })),
    },
    { description: 'The trace that was read.' },
  ),
  cut: Type.Object(
    { texts: Type.Integer(), items: Type.Integer() },
    { description: 'Texts that were cut, and members of lists that were left out, for their size.' },
  ),
};

export const traceFacts = ({ name, store: { header }, now }: View) => ({
  name,
  id: header.id,
  description: header.description,
  state: header.state,
  beginTime: header.beginTime,
  duration: header.endAt ?? (now > 0 ? now : undefined),
});

export function tool<I extends TObject>(t: {
  name: string;
  title: string;
  description: string;
  input: I;
  output: TObject;
  run(args: Static<I>): Promise<Result>;
}): Tool {
  return {
    ...t,
    run: async (given) => {
      const args = given ?? {};
      expectInput(t.input, args);
      const { structured, lists = {}, lines } = await t.run(args as Static<I>);
      const { cut: left = { texts: 0, items: 0 }, ...rest } = structured;
      const { value, cut } = bounded(rest, maxStructured - bytesOf(lists) - 100);
      const all = { texts: cut.texts + (left as Cut).texts, items: cut.items + (left as Cut).items };
      return {
        structured: { ...value, ...lists, ...('cut' in t.output.properties ? { cut: all } : {}) },
        text: textOf(lines),
      };
    },
  };
}

/** Throws UsageError, which names the argument. */
function expectInput(schema: TObject, args: unknown): void {
  const [error] = Errors(schema, args);
  if (error === undefined) return;
  const known = Object.keys(schema.properties);
  const unknown = Object.keys(args as object).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`There is no argument ${dataText(unknown, 60)}. The arguments are ${known.join(', ')}.`);
  const name = error.instancePath.split('/')[1];
  const allowed = (error.params as { allowedValues?: unknown[] }).allowedValues;
  const message = allowed === undefined ? error.message : `must be one of ${allowed.join(', ')}`;
  throw new UsageError(`${name === undefined ? 'The arguments' : `The argument ${dataText(name, 60)}`} ${message}.`);
}

function textOf(lines: readonly string[]): string {
  const [first = '', ...rest] = lines;
  const out = [dataText(first, 400)];
  let bytes = bytesOf(out[0]);
  for (const [i, line] of rest.entries()) {
    const text = `  ${dataText(line, 240)}`;
    bytes += bytesOf(text);
    if (bytes > maxText) {
      out.push(`… and ${rest.length - i} more lines; the structured result has what fits`);
      break;
    }
    out.push(text);
  }
  return out.join('\n');
}
