/**
 * Saved traces as debug sessions: the adapter runs here, the panel shows the replayed trace and its position, and the
 * network breakpoints are those of the workspace.
 */
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { ReplayMark, SeekTo } from '../../model/panel/protocol';
import type { ReplayPosition } from '../../replay/adapter/seek';
import { filtersOf, putBack, takeOut } from '../breakpoints/filters';
import type { BreakpointList } from '../breakpoints/list';
import type { Panel } from '../panel/panel';
import { rowIdOf } from '../rows/rows';
import { Disposables } from '../support/disposables';
import { replayType } from '../support/ids';
import type { Log } from '../support/log';
import type { FileView } from '../trace/fileView';
import { readDocument } from '../trace/traceEditor';
import { configurationOf, replayConfiguration } from './configuration';
import type { ShownView } from './shownView';

interface Parts {
  panel: Pick<Panel, 'show' | 'mark'>;
  shown: ShownView;
  breakpoints: BreakpointList;
  log: Log;
}

/** A session and what it steps through. */
interface Stepped {
  session: vscode.DebugSession;
  view: FileView;
  mark: ReplayMark | undefined;
}

export class Replays implements vscode.Disposable {
  readonly #disposables = new Disposables();
  readonly #sessions = new Map<string, Stepped>();
  /** The one that the panel shows. */
  #front: Stepped | undefined;

  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;

    const { debug } = vscode;
    for (const one of [
      debug.registerDebugConfigurationProvider(replayType, {
        resolveDebugConfiguration: (folder, config) => configurationOf(folder, config),
      }),
      debug.registerDebugAdapterDescriptorFactory(replayType, {
        createDebugAdapterDescriptor: async (session) =>
          new vscode.DebugAdapterInlineImplementation(await this.#adapter(session)),
      }),
      debug.onDidReceiveDebugSessionCustomEvent((e) => {
        const stepped = this.#sessions.get(e.session.id);
        if (stepped && e.event === 'netTrace.position') this.#moved(stepped, e.body as ReplayPosition);
      }),
      debug.onDidChangeActiveDebugSession((session) => {
        const stepped = this.#sessions.get(session?.id ?? '');
        if (stepped) this.#show(stepped);
        // A program that is debugged beside it.
        else if (session) this.#leave();
      }),
      debug.onDidTerminateDebugSession((session) => this.#ended(session)),
    ])
      this.#disposables.add(one);
  }

  /** Opens a trace as a debug session; without one, asks. */
  async start(trace: vscode.Uri | undefined): Promise<void> {
    const config = await replayConfiguration(trace);
    if (!config) return;
    const folder = trace && vscode.workspace.getWorkspaceFolder(trace);
    await vscode.debug.startDebugging(folder ?? vscode.workspace.workspaceFolders?.[0], config);
  }

  /** Whether the panel shows a trace that is stepped through. */
  get shown(): boolean {
    return this.#front !== undefined;
  }

  /** The page’s slider was moved. */
  seek(to: SeekTo): void {
    const { session, view } = this.#front ?? {};
    if (!session || !view) return;
    const target = 'event' in to ? { event: to.event } : { at: to.at - offsetOf(view) };
    session.customRequest('netTrace/seek', target).then(undefined, (error: unknown) => {
      this.#parts.log.warn(`the replay does not go there: ${String(error)}`);
    });
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #adapter(session: vscode.DebugSession): Promise<vscode.DebugAdapter> {
    const [{ ReplaySession }, { FileView }] = await Promise.all([import('./adapter'), import('../work')]);
    const { breakpoints } = this.#parts;
    const offered = new Set(breakpoints.all().map((b) => b.id));
    return new ReplaySession({
      load: async (path) => {
        const document = await readDocument(vscode.Uri.file(path));
        this.#sessions.set(session.id, { session, view: new FileView(document, basename(path)), mark: undefined });
        return document;
      },
      roots: (vscode.workspace.workspaceFolders ?? []).map((f) => f.uri.fsPath),
      network: {
        filters: () => filtersOf(breakpoints),
        set: (args: DebugProtocol.SetExceptionBreakpointsArguments) => {
          const response = { body: { breakpoints: [] } } as unknown as DebugProtocol.SetExceptionBreakpointsResponse;
          putBack(response, takeOut(args, breakpoints, offered));
          return response.body?.breakpoints ?? [];
        },
        armed: () => breakpoints.armed(),
        onDidChange: (f) => breakpoints.onDidChange((what) => what === 'list' && f()),
      },
    }) as vscode.DebugAdapter;
  }

  #moved(stepped: Stepped, { at, beginAt, endAt, request, ...position }: ReplayPosition): void {
    const offset = offsetOf(stepped.view);
    const isFirst = stepped.mark === undefined;
    stepped.mark = {
      ...position,
      at: at + offset,
      beginAt: beginAt + offset,
      endAt: endAt + offset,
      ...(request === undefined ? {} : { row: rowIdOf(1, request) }),
    };
    this.#show(stepped);
    if (isFirst) void this.#open();
  }

  /** Variables, call stack and panel come to the front; the focus stays in the code. */
  async #open(): Promise<void> {
    // VS Code opens its view at breakpoints only, and a replay begins without one.
    const opens = vscode.workspace.getConfiguration('debug').get<string>('openDebug');
    if (opens !== 'neverOpen') {
      await vscode.commands.executeCommand('workbench.view.debug');
      await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    }
    await this.#parts.panel.show({ focus: false });
  }

  #show(stepped: Stepped): void {
    this.#front = stepped;
    this.#parts.shown.show(stepped.view);
    this.#parts.panel.mark(stepped.mark);
  }

  #ended(session: vscode.DebugSession): void {
    const stepped = this.#sessions.get(session.id);
    this.#sessions.delete(session.id);
    if (!stepped || this.#front !== stepped) return;
    const other = [...this.#sessions.values()].at(-1);
    if (other) this.#show(other);
    else this.#leave();
  }

  /** The panel shows the live runs again. */
  #leave(): void {
    this.#front = undefined;
    this.#parts.panel.mark(undefined);
    this.#parts.shown.show(undefined);
  }
}

/** µs from the trace’s begin to the page’s axis. */
const offsetOf = (view: FileView): number => view.runs()[0]?.offset ?? 0;
