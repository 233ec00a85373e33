/** The tools over several numbered runs, as the panel of VS Code has them. */
import * as Type from 'typebox';
import { compareTool, type WhichTwo } from './compare';
import { findings, summary } from './overview';
import { explainRequest, listRequests } from './requests';
import type { Tool } from './tool';
import type { Source, View, Which } from './view';

const number = (description: string) => Type.Optional(Type.Integer({ minimum: 1, description }));

export function assistantTools(
  view: (which: Which) => View,
  pair: (which: WhichTwo) => { before: View; after: View },
): Tool[] {
  const source: Source = {
    parameter: { run: number('Number of the run in the panel. Absent: the newest.') },
    view: async (which) => view(which),
  };
  return [
    ...[summary, findings, listRequests, explainRequest].map((make): Tool => make(source)),
    compareTool({
      parameters: {
        before: number('Number of the earlier run. Absent: the last but one.'),
        after: number('Number of the later run. Absent: the newest.'),
      },
      what: 'two runs of the panel',
      pair: async (which) => pair(which),
    }),
  ];
}
