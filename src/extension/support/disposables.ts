import type * as vscode from 'vscode';

/** Things to dispose together, last first. What is added after the end is disposed at once. */
export class Disposables implements vscode.Disposable {
  #items: vscode.Disposable[] | undefined = [];

  add<T extends vscode.Disposable>(item: T): T {
    if (this.#items) this.#items.push(item);
    else item.dispose();
    return item;
  }

  /** A function to run at the end. */
  defer(end: () => void): void {
    this.add({ dispose: end });
  }

  get disposed(): boolean {
    return this.#items === undefined;
  }

  dispose(): void {
    const items = this.#items ?? [];
    this.#items = undefined;
    for (const item of items.reverse()) item.dispose();
  }
}
