/** Tools for assistants in VS Code: the same as of `nettrace mcp`, over the runs of the panel. They only read. */
import * as vscode from 'vscode';
import type { Tool } from '../../answers/tools/tool';
import type { Which } from '../../answers/tools/view';
import { messageOf } from '../../model/base/text';
import type { Run } from '../runs/run';
import type { Runs } from '../runs/runs';

type Work = Pick<typeof import('../work'), 'assistantTools' | 'toolPrefix' | 'UsageError' | 'viewOf'>;

/** Registers the tools that package.json names, where VS Code has such. They are loaded when one is called. */
export function registerTools(runs: Runs, names: readonly string[], work: () => Promise<Work>): vscode.Disposable[] {
  if (typeof vscode.lm?.registerTool !== 'function') return [];
  return names.map((name) =>
    vscode.lm.registerTool(name, {
      invoke: async ({ input, tokenizationOptions }, token) => {
        const loaded = await work();
        const tool = toolsOf(runs, loaded).find((one) => loaded.toolPrefix + one.name === name);
        if (tool === undefined) throw new Error(`Net Trace has no tool ${name}.`);
        const texts = await answers(tool, input);
        const fitting = tokenizationOptions && (await firstThatFits(texts, tokenizationOptions, token));
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(fitting ?? (texts[0] as string))]);
      },
    }),
  );
}

export function toolsOf(runs: Pick<Runs, 'list'>, { assistantTools, viewOf, UsageError }: Work): Tool[] {
  const numbered = (number: number | undefined, back = 1): Run => {
    const all = runs.list();
    const run = number === undefined ? all.at(-back) : all.find((one) => one.number === number);
    if (run !== undefined) return run;
    if (all.length === 0) throw new UsageError('Nothing was traced yet: start a program with the Net Trace debugger.');
    const known = all.map((one) => one.number).join(', ');
    throw new UsageError(
      number === undefined
        ? 'There is only one run. Trace the program again to compare.'
        : `There is no run ${number}. The runs are ${known}.`,
    );
  };
  const view = (run: Run) =>
    viewOf(`run ${run.number}: ${run.title}`, run.store, run.store.header.endAt ?? run.elapsed());
  return assistantTools(
    ({ run }: Which) => view(numbered(run)),
    ({ before, after }) => ({ before: view(numbered(before, 2)), after: view(numbered(after)) }),
  );
}

/** All there is as JSON, and what fits a smaller space. Throws with a message for the model. */
async function answers(tool: Tool, input: unknown): Promise<string[]> {
  try {
    const { structured, text } = await tool.run(input);
    const [first = ''] = text.split('\n', 1);
    return [`${first}\n${JSON.stringify(structured)}`, text, first];
  } catch (error) {
    throw new Error(messageOf(error));
  }
}

async function firstThatFits(
  texts: readonly string[],
  { tokenBudget, countTokens }: vscode.LanguageModelToolTokenizationOptions,
  token: vscode.CancellationToken,
): Promise<string | undefined> {
  for (const text of texts) if ((await countTokens(text, token)) <= tokenBudget) return text;
  return texts.at(-1);
}
