/** "Compare Traces…": two runs of the panel, or saved traces, compared in a Markdown page. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Side } from '../../analysis/compare/compare';
import { messageOf, plural } from '../../model/base/text';
import type { Run } from '../runs/run';
import type { Runs } from '../runs/runs';
import { Disposables } from '../support/disposables';
import { commands } from '../support/ids';
import { TextPages } from '../support/textPages';
import { readDocument, traceFilters } from '../trace/traceEditor';

interface Chosen {
  name: string;
  read(): Promise<Side>;
}

export class Comparisons implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #pages = this.#disposables.add(new TextPages('nettrace-comparison'));

  constructor(readonly runs: Runs) {
    this.#disposables.add(
      vscode.commands.registerCommand(commands.compare, (_: unknown, selected?: unknown) => this.#ask(selected)),
    );
  }

  /** `selected`: two files of the explorer. */
  async #ask(selected: unknown): Promise<void> {
    const files = Array.isArray(selected) ? selected.filter((uri) => uri instanceof vscode.Uri) : [];
    const [first, second] = files.length === 2 ? files.map(fileOf) : [];
    const before = first ?? (await this.#choose('Compare: choose the run before the change'));
    const after = before && (second ?? (await this.#choose(`Compare ${before.name} with the run after the change`)));
    if (!before || !after) return;
    try {
      await this.#show(before, after);
    } catch (error) {
      void vscode.window.showErrorMessage(`The traces were not compared: ${messageOf(error)}`);
    }
  }

  async #choose(placeHolder: string): Promise<Chosen | undefined> {
    const ended = this.runs.list().filter(({ state }) => state !== 'running');
    const items = [
      ...ended.map((run) => ({ label: `Run ${run.number}: ${run.title}`, description: factsOf(run), run })).reverse(),
      { label: '$(folder-opened) Choose a saved trace…', description: '', run: undefined },
    ];
    const item = await vscode.window.showQuickPick(items, { placeHolder });
    if (item?.run) return runOf(item.run);
    const [uri] = (item && (await askForFile())) ?? [];
    return uri && fileOf(uri);
  }

  async #show(before: Chosen, after: Chosen): Promise<void> {
    const { compare, changesOf, comparisonMarkdown } = await import('../work');
    const comparison = compare(await before.read(), await after.read());
    const text = comparisonMarkdown(comparison, changesOf(comparison), ({ file, line }) =>
      file === undefined || !file.startsWith('/') ? undefined : `${vscode.Uri.file(file)}${line ? `#L${line}` : ''}`,
    );
    const uri = this.#pages.add(`${before.name} ↔ ${after.name}.md`, text);
    await vscode.workspace.openTextDocument(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

const factsOf = ({ store }: Run): string =>
  `${new Date(store.header.beginTime).toLocaleTimeString()}, ${plural(store.counts.requests, 'request')}`;

const runOf = (run: Run): Chosen => ({
  name: `run ${run.number}`,
  read: async () => {
    const { findingsOf } = await import('../work');
    return { runs: [{ name: `run ${run.number}`, store: run.store }], findings: [findingsOf(run.store)] };
  },
});

const fileOf = (uri: vscode.Uri): Chosen => ({
  name: basename(uri.path),
  read: async () => {
    const { findingsOf, Store } = await import('../work');
    const store = Store.fromDocument(await readDocument(uri));
    return { runs: [{ name: basename(uri.path), store }], findings: [findingsOf(store)] };
  },
});

const askForFile = (): Thenable<vscode.Uri[] | undefined> =>
  vscode.window.showOpenDialog({ title: 'Choose a Trace', openLabel: 'Compare', filters: traceFilters });
