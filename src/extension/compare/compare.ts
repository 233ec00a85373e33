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
import { Baseline } from './baseline';

interface Chosen {
  name: string;
  read(): Promise<Side>;
}

export class Comparisons implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #pages = this.#disposables.add(new TextPages('nettrace-comparison'));

  readonly #baseline: Baseline | undefined;

  /** `storage`: of the workspace; absent: no folder is open. */
  constructor(
    readonly runs: Runs,
    storage: vscode.Uri | undefined,
  ) {
    this.#baseline = storage && new Baseline(storage);
    const register = (id: string, does: (...args: unknown[]) => unknown): unknown =>
      this.#disposables.add(vscode.commands.registerCommand(id, does));
    register(commands.compare, (_, selected) => this.#ask(selected));
    register(commands.keepBaseline, () => this.#reported('The baseline was not kept', () => this.#keepBaseline()));
    register(commands.compareBaseline, () => this.#compareBaseline());
  }

  get #ended(): Run[] {
    return this.runs.list().filter(({ state, sentByYou }) => state !== 'running' && !sentByYou);
  }

  async #keepBaseline(): Promise<void> {
    const run = this.#ended.at(-1);
    if (!run || !this.#baseline) return say(run ? 'Net Trace: open a folder first.' : noRun);
    await this.#baseline.keep(run.document());
    vscode.window.setStatusBarMessage(`Net Trace: run ${run.number} is the baseline of this workspace.`, 5000);
  }

  async #compareBaseline(): Promise<void> {
    const kept = await this.#baseline?.kept();
    const run = this.#ended.at(-1);
    if (!run) return say(noRun);
    if (!kept) {
      const keep = 'Keep the Last Run';
      const chosen = await vscode.window.showInformationMessage('Net Trace: there is no baseline yet.', keep);
      if (chosen === keep) await vscode.commands.executeCommand(commands.keepBaseline);
      return;
    }
    await this.#reported(failed, () => this.#show(fileOf(kept.uri, kept.name), runOf(run)));
  }

  async #reported(what: string, does: () => Promise<void>): Promise<void> {
    try {
      await does();
    } catch (error) {
      void vscode.window.showErrorMessage(`${what}: ${messageOf(error)}`);
    }
  }

  /** `selected`: two files of the explorer. */
  async #ask(selected: unknown): Promise<void> {
    const files = Array.isArray(selected) ? selected.filter((uri) => uri instanceof vscode.Uri) : [];
    const [first, second] = files.length === 2 ? files.map((uri) => fileOf(uri)) : [];
    const before = first ?? (await this.#choose('Compare: choose the run before the change'));
    const after = before && (second ?? (await this.#choose(`Compare ${before.name} with the run after the change`)));
    if (before && after) await this.#reported(failed, () => this.#show(before, after));
  }

  async #choose(placeHolder: string): Promise<Chosen | undefined> {
    const baseline = await this.#baseline?.kept();
    const items: (vscode.QuickPickItem & { chosen?: Chosen })[] = [
      ...this.#ended
        .map((run) => ({ label: `Run ${run.number}: ${run.title}`, description: factsOf(run), chosen: runOf(run) }))
        .reverse(),
      ...(baseline ? [{ label: `$(bookmark) The ${baseline.name}`, chosen: fileOf(baseline.uri, baseline.name) }] : []),
      { label: '$(folder-opened) Choose a saved trace…' },
    ];
    const item = await vscode.window.showQuickPick(items, { placeHolder });
    if (item?.chosen) return item.chosen;
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

const failed = 'The traces were not compared';
const noRun = 'Net Trace: no run has ended yet.';
const say = (text: string): void => void vscode.window.showInformationMessage(text);

const fileOf = (uri: vscode.Uri, name = basename(uri.path)): Chosen => ({
  name,
  read: async () => {
    const { findingsOf, Store } = await import('../work');
    const store = Store.fromDocument(await readDocument(uri));
    return { runs: [{ name, store }], findings: [findingsOf(store)] };
  },
});

const askForFile = (): Thenable<vscode.Uri[] | undefined> =>
  vscode.window.showOpenDialog({ title: 'Choose a Trace', openLabel: 'Compare', filters: traceFilters });
