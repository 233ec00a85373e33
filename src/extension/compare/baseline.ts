/** The trace that later runs of the workspace are compared with: one, in the workspace's storage, until another is kept. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Trace } from '../../model/records';

export class Baseline {
  readonly #folder: string;
  readonly #path: string;

  constructor(storage: vscode.Uri) {
    this.#folder = join(storage.fsPath, 'baseline');
    this.#path = join(this.#folder, 'baseline.nettrace.json');
  }

  async keep(trace: Trace): Promise<void> {
    const { writeTrace } = await import('../work');
    // Traces may hold what is nobody else's business.
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeTrace(trace, this.#path);
  }

  /** Undefined: none was kept. */
  async kept(): Promise<{ uri: vscode.Uri; name: string } | undefined> {
    const at = await stat(this.#path).catch(() => undefined);
    if (!at?.isFile()) return undefined;
    return { uri: vscode.Uri.file(this.#path), name: `baseline of ${at.mtime.toLocaleString()}` };
  }
}
