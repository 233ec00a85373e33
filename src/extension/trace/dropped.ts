/**
 * Opens files that were dropped onto a page, each in an editor of its own as "Open Trace…" does. Of a file from outside of
 * VS Code only its content is known: it is kept in memory, read-only, as long as a tab shows it.
 */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { bytesText, messageOf } from '../../model/base/text';
import { isDroppable } from '../../model/panel/drop';
import type { Dropped } from '../panel/page';
import { Disposables } from '../support/disposables';
import { commands, customEditor, droppedScheme } from '../support/ids';

interface Kept {
  bytes: Uint8Array;
  at: number;
}

export class DroppedFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #disposables = new Disposables();
  /** By path. */
  readonly #files = new Map<string, Kept>();
  #count = 0;

  constructor() {
    this.#disposables.add(vscode.workspace.registerFileSystemProvider(droppedScheme, this, { isReadonly: true }));
    this.#disposables.add(
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const tab of closed) this.#closed(uriOf(tab));
      }),
    );
  }

  open(dropped: Dropped): void {
    void (async () => {
      try {
        if ('uris' in dropped) for (const text of dropped.uris) await openUri(text);
        else await this.#openContent(dropped);
      } catch (error) {
        refuse(messageOf(error));
      }
    })();
  }

  async #openContent({ name, size, text }: { name: string; size: number; text?: string }): Promise<void> {
    // A name, not a path: whatever else it says.
    const plain = name.replace(/[/\\\p{Cc}]/gu, '_');
    if (!isDroppable(plain)) return refuseKind(plain);
    if (text === undefined) return refuse(`${plain} (${bytesText(size)}) is too large to be dropped here.`, true);
    const uri = vscode.Uri.from({ scheme: droppedScheme, path: `/${++this.#count}/${plain}` });
    this.#files.set(uri.path, { bytes: new TextEncoder().encode(text), at: Date.now() });
    await show(uri);
  }

  #closed(uri: vscode.Uri | undefined): void {
    if (uri?.scheme !== droppedScheme) return;
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    if (!tabs.some((tab) => uriOf(tab)?.path === uri.path)) this.#files.delete(uri.path);
  }

  #file(uri: vscode.Uri): Kept {
    const file = this.#files.get(uri.path);
    if (file) return file;
    throw vscode.FileSystemError.FileNotFound('A dropped file is not kept over a reload of the window: drop it again.');
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { bytes, at } = this.#file(uri);
    return { type: vscode.FileType.File, ctime: at, mtime: at, size: bytes.length };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#file(uri).bytes;
  }

  readonly onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]> = () => ({ dispose: () => {} });
  watch(): vscode.Disposable {
    return { dispose: () => {} };
  }
  readDirectory(): [string, vscode.FileType][] {
    return [];
  }
  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions();
  }
  writeFile(): void {
    throw vscode.FileSystemError.NoPermissions();
  }
  delete(): void {
    throw vscode.FileSystemError.NoPermissions();
  }
  rename(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

const show = (uri: vscode.Uri): Thenable<unknown> =>
  vscode.commands.executeCommand('vscode.openWith', uri, customEditor);

/** The URI is the page's word: it leads to an editor that shows a trace or says why it is none, and to nothing else. */
async function openUri(text: string): Promise<void> {
  const uri = vscode.Uri.parse(text, true);
  const name = basename(uri.path);
  if (!isDroppable(name)) return refuseKind(name);
  if (uri.scheme === 'file' && uri.authority !== '') return refuse(`${name} is on another computer.`, true);
  if (!isKnownScheme(uri.scheme)) return refuse(`${name} cannot be opened from ${uri.scheme}.`);
  await show(uri);
}

/** `vscode-remote` is the window's name for what is `file` here, where the extension runs on another computer. */
const isKnownScheme = (scheme: string): boolean =>
  scheme === 'vscode-remote' || vscode.workspace.fs.isWritableFileSystem(scheme) !== undefined;

const refuseKind = (name: string): void =>
  refuse(`${name} is no trace: Net Trace opens .nettrace.json, .har and .eve.json.`);

/** `other`: it can be opened, but not by a drop. */
function refuse(text: string, other = false): void {
  const open = 'Open Trace…';
  void vscode.window.showWarningMessage(`Net Trace: ${text}`, ...(other ? [open] : [])).then((chosen) => {
    if (chosen === open) void vscode.commands.executeCommand(commands.open);
  });
}

function uriOf(tab: vscode.Tab): vscode.Uri | undefined {
  const { input } = tab;
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri : undefined;
}
