/**
 * The view "Network Breakpoints": the same list as in VS Code's own Breakpoints view, with what that one has no room for,
 * and there also when nothing is being debugged.
 */
import * as vscode from 'vscode';
import { listName } from '../../model/lines/breakpoints';
import { Disposables } from '../support/disposables';
import { views } from '../support/ids';
import { Throttle } from '../support/throttle';
import type { BreakpointList, ListedBreakpoint } from './list';
import { detailsOf, tooltipOf } from './viewWords';

/** Hits may come fast. */
const gapMs = 250;

export class BreakpointsView implements vscode.TreeDataProvider<ListedBreakpoint>, vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  readonly #list: BreakpointList;

  constructor(list: BreakpointList) {
    this.#list = list;

    const throttle = this.#disposables.add(new Throttle(() => this.#changed.fire(), gapMs));
    const view = vscode.window.createTreeView(views.breakpoints, { treeDataProvider: this, showCollapseAll: false });
    this.#disposables.add(view);
    this.#disposables.add(this.#changed);
    this.#disposables.add(list.onDidChange(() => throttle.ask()));
    this.#disposables.add(
      view.onDidChangeCheckboxState(({ items }) => {
        for (const [{ id }, state] of items)
          if (list.get(id)) list.setEnabled(id, state === vscode.TreeItemCheckboxState.Checked);
      }),
    );
  }

  getChildren(element?: ListedBreakpoint): ListedBreakpoint[] | undefined {
    // Those that somebody made come first: the plain ones are always the same.
    const isPlain = (b: ListedBreakpoint) => Number(b.id === b.kind);
    return element ? undefined : [...this.#list.all()].sort((a, b) => isPlain(a) - isPlain(b));
  }

  getTreeItem(b: ListedBreakpoint): vscode.TreeItem {
    const hits = this.#list.hitsOf(b.id);
    const title = listName(b);
    const item = new vscode.TreeItem(title.charAt(0).toUpperCase() + title.slice(1));
    item.id = b.id;
    item.description = detailsOf(b, hits);
    item.tooltip = tooltipOf(b, hits);
    item.contextValue = b.id === b.kind ? 'plain' : 'own';
    item.checkboxState = {
      state: b.enabled ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: b.enabled ? 'Do not stop' : 'Stop the program',
    };
    item.accessibilityInformation = { label: item.tooltip.replaceAll('\n', '. ') };
    return item;
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
