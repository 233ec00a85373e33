/** The view "Trace Rules": what is traced, with a check box each. */
import * as vscode from 'vscode';
import type { TraceRule } from '../../model/records';
import type { Runs } from '../runs/runs';
import { Disposables } from '../support/disposables';
import { views } from '../support/ids';
import { Throttle } from '../support/throttle';
import type { WorkspaceRules } from './registry';
import { shownRules } from './shown';
import { detailsOf, type InRun, titleOf, tooltipOf } from './words';

const gapMs = 500;

export class RulesView implements vscode.TreeDataProvider<TraceRule>, vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #throttle = new Throttle(() => this.#update(), gapMs);
  readonly #view: vscode.TreeView<TraceRule>;
  /** What is shown, as text: the tree is drawn again only if that changes. */
  #shown = '';
  /** They are those of a launch configuration. */
  #launched = false;

  readonly #rules: WorkspaceRules;
  readonly #runs: Runs;

  constructor(rules: WorkspaceRules, runs: Runs) {
    this.#rules = rules;
    this.#runs = runs;

    this.#view = vscode.window.createTreeView(views.rules, { treeDataProvider: this, showCollapseAll: false });
    this.#disposables.add(this.#view);
    this.#disposables.add(this.#changed);
    this.#disposables.add(this.#throttle);
    this.#disposables.add(rules.onDidChange(() => this.#changed.fire()));
    this.#disposables.add(runs.onDidChange(() => this.#view.visible && this.#throttle.ask()));
    this.#disposables.add(this.#view.onDidChangeVisibility(({ visible }) => visible && this.#throttle.ask()));
    this.#disposables.add(this.#view.onDidChangeCheckboxState(({ items }) => void this.#checked(items)));
  }

  async getChildren(element?: TraceRule): Promise<TraceRule[] | undefined> {
    if (element) return undefined;
    const { registry, run } = await shownRules(this.#rules, this.#runs);
    const list = registry.list();
    this.#launched = run !== undefined;
    this.#view.message = messageOf(list, run);
    // The one for everything comes first, whenever it was made.
    return [...list].sort((a, b) => Number(this.#rules.isEverything(b)) - Number(this.#rules.isEverything(a)));
  }

  getTreeItem(rule: TraceRule): vscode.TreeItem {
    const run = this.#inRun(rule.id);
    const item = new vscode.TreeItem(titleOf(rule));
    item.id = rule.id;
    item.description = detailsOf(rule, run);
    item.tooltip = tooltipOf(rule, run);
    const kind = this.#rules.isEverything(rule) ? 'everything' : 'rule';
    item.contextValue = this.#launched ? 'launched' : kind;
    item.checkboxState = {
      state: rule.enabled ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: rule.enabled ? 'Do not trace these requests' : 'Trace these requests',
    };
    item.accessibilityInformation = { label: `${titleOf(rule)}. ${item.tooltip.replaceAll('\n', '. ')}` };
    return item;
  }

  async #checked(items: readonly (readonly [TraceRule, vscode.TreeItemCheckboxState])[]): Promise<void> {
    const { registry } = await shownRules(this.#rules, this.#runs);
    for (const [{ id }, state] of items) {
      // If it has been deleted, the tree is drawn again anyway.
      if (registry.get(id)) registry.update(id, { enabled: state === vscode.TreeItemCheckboxState.Checked });
    }
  }

  #inRun(id: string): InRun | undefined {
    return this.#runs
      .list()
      .at(-1)
      ?.store.header.traceRequests?.find((r) => r.id === id);
  }

  #update(): void {
    const run = this.#runs.list().at(-1);
    const shown = JSON.stringify([run?.state, run?.store.header.traceRequests?.map((r) => [r.id, r.state, r.matched])]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changed.fire();
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** The next step, or whose they are. An empty text takes the message away. */
function messageOf(list: readonly TraceRule[], run: string | undefined): string {
  if (run !== undefined && list.length > 0) return `From the launch configuration of ${run}, for this run only.`;
  if (run === undefined && list.length === 1 && list[0]?.enabled)
    return 'All requests are traced. Use + to trace only some of them.';
  return list.length > 0 && !list.some((r) => r.enabled) ? 'Tracing is off: no trace rule is enabled.' : '';
}
