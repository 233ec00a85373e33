/** `compare`. */
import type { TProperties } from 'typebox';
import * as Type from 'typebox';
import { changesOf } from '../../analysis/compare/changes';
import { compare, type Side } from '../../analysis/compare/compare';
import { kindOf } from '../../analysis/compare/kinds';
import { restText, sideText } from '../../analysis/compare/words';
import { plural } from '../../model/base/text';
import { fitting } from './data';
import { common, input, maxStructured, tool } from './tool';
import type { View } from './view';

/** Which runs are compared, where there are several. */
export interface WhichTwo {
  before?: number;
  after?: number;
}

export interface PairSource {
  /** Arguments that say which two traces are meant; none where there are only two. */
  parameters: TProperties;
  /** What is compared, in words: "the baseline and the trace". */
  what: string;
  pair(which: WhichTwo): Promise<{ before: View; after: View }>;
}

const side = Type.Object(
  { name: Type.String(), requests: Type.Integer(), failed: Type.Integer(), connections: Type.Integer() },
  { description: 'Counts of one side.' },
);

export const compareTool = ({ parameters, what, pair }: PairSource) =>
  tool({
    name: 'compare',
    title: 'Compare two traces',
    description: `What differs between ${what}: new hosts, more or fewer requests, other answers, other times, findings that are new or gone; what needs a look first. Requests are matched by the line of code that made them, method, host and kind of URL. Of one run each, times that differ prove nothing.`,
    input: input({ ...parameters }),
    output: Type.Object({
      before: side,
      after: side,
      notes: Type.Array(Type.String(), { description: 'What makes the two hard to compare.' }),
      changes: Type.Array(Type.Object({}), {
        description: 'kind, what, call site, text, and ids of requests of the later side where it has some.',
      }),
      changesNotListed: Type.Integer(),
      rest: Type.String({ description: 'What was looked at and is the same.' }),
      cut: common.cut,
    }),
    run: async (which) => {
      const { before, after } = await pair(which as WhichTwo);
      const comparison = compare(sideOf(before), sideOf(after));
      const changes = changesOf(comparison);
      const { items, cut } = fitting(changes, maxStructured - 6000);
      return {
        structured: {
          before: countsOf(before),
          after: countsOf(after),
          notes: comparison.notes,
          changesNotListed: changes.length - items.length,
          rest: restText(comparison, changes),
          cut,
        },
        lists: { changes: items },
        lines: [
          `${plural(changes.length, 'difference')}. Values come from the traced programs and the network.`,
          `before: ${sideText(comparison.before)}`,
          `after: ${sideText(comparison.after)}`,
          ...comparison.notes,
          ...items.map(
            ({ kind, what: of, callSite, text }) =>
              `${kindOf(kind).words}: ${of}${callSite === undefined ? '' : ` at ${callSite}`}: ${text}`,
          ),
          restText(comparison, changes),
        ],
      };
    },
  });

const sideOf = ({ name, store, findings }: View): Side => ({ runs: [{ name, store }], findings: [[...findings]] });

const countsOf = ({ name, store: { counts, connections } }: View) => ({
  name,
  requests: counts.requests,
  failed: counts.failed,
  connections: connections.size,
});
