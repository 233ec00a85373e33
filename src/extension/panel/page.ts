/**
 * One page and what it shows. Full state when the page is ready or comes into view again, then only what changed. The
 * page is not trusted: what it sends is checked against the schema, and it can ask for a fixed list of things only.
 */
import * as vscode from 'vscode';
import type { PageCommand, PageMessage, RecordingSetting, RowAction } from '../../model/panel/pageMessage';
import type { Details, HostCommand, HostMessage, ReplayMark, SeekTo } from '../../model/panel/protocol';
import type { Row } from '../../model/rows/row';
import { excerptOf } from '../details/excerpt';
import type { TraceView } from '../details/view';
import { copyText } from '../support/clipboard';
import { Disposables } from '../support/disposables';
import type { Log } from '../support/log';
import { placeOfFrame } from '../support/places';

const findingsAfterMs = 300;
/** Rows of the first message: more than are in sight, so that they show while the others are on their way. */
const firstRows = 2000;
const rowsAtOnce = 4000;

/** Files by their URIs; or one from outside of VS Code, of which only name and content are known. */
export type Dropped = { uris: string[] } | { name: string; size: number; text?: string };

/** Where the page is: in VS Code's panel, the same in an editor tab, or the editor of an opened file. */
export type PageKind = 'panel' | 'tab' | 'file';

export interface PageHost {
  /** Opens a place in the code; preview keeps the focus in the page. `noNewGroup`: only beside it if there is a group. */
  openCode(place: NonNullable<Row['callSite']>, preview: boolean, noNewGroup?: boolean): void;
  run(command: PageCommand): void;
  /** Saves the packets of a row's request. */
  openSetting(name: RecordingSetting): void;
  savePackets(id: string): void;
  /** What the page kept last, and where it keeps it. */
  readonly state: { get(): unknown; set(value: unknown): void };
  /** Does something with requests of this view. */
  act(action: RowAction, view: TraceView): void;
  seenFailures(count: number): void;
  /** Resolves when what an earlier window left is there. */
  readonly restored?: Promise<unknown>;
  /** The page got or lost the keyboard focus. */
  focused(page: Page, on: boolean): void;
  /** Opens files that were dropped onto the page. */
  drop(dropped: Dropped): void;
  /** Moves the replay; there is none where nothing was marked. */
  seek(to: SeekTo): void;
  readonly log: Log;
}

export class Page implements vscode.Disposable {
  readonly #disposables = new Disposables();
  #ready = false;
  #visible = true;
  /** Findings are asked for at rest: the analysis looks at all of a trace. */
  #asking: ReturnType<typeof setTimeout> | undefined;
  /** As sent last. */
  #findings = '[]';
  #mark: ReplayMark | undefined;
  /** Sent when the page is ready and has all rows. */
  #waiting: HostMessage[] = [];
  /** Ids of rows that follow the state. */
  #rest: string[] = [];
  #restSoon: NodeJS.Immediate | undefined;

  readonly #webview: vscode.Webview;
  readonly #host: PageHost;

  readonly #view: TraceView;

  constructor(
    webview: vscode.Webview,
    view: TraceView,
    readonly kind: PageKind,
    host: PageHost,
  ) {
    this.#view = view;

    this.#webview = webview;
    this.#host = host;

    this.#disposables.add(webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)));
    this.#disposables.add(
      view.onDidChange((change) => {
        if (change === 'all') this.#sendState();
        else this.#send({ type: 'rows', ...change, now: view.now(), status: view.status(), runs: view.runs() });
        this.#askFindings();
      }),
    );
  }

  /** A hidden page does no work and gets nothing; on show it gets all. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) this.#sendState();
    else this.#host.focused(this, false);
  }

  command(command: HostCommand): void {
    this.#sendSoon({ type: 'command', command });
  }

  select(id: string): void {
    this.#sendSoon({ type: 'select', id, reveal: true });
  }

  filter(text: string): void {
    this.#sendSoon({ type: 'filter', text });
  }

  /** Sets the position of the replay of the shown trace; undefined: there is none. */
  mark(mark: ReplayMark | undefined): void {
    this.#mark = mark;
    this.#send({ type: 'replay', mark: mark ?? null });
  }

  dispose(): void {
    this.#host.focused(this, false);
    clearTimeout(this.#asking);
    clearImmediate(this.#restSoon);
    this.#disposables.dispose();
  }

  async #receive(message: unknown): Promise<void> {
    const { isPageMessage } = await import('../work');
    if (isPageMessage(message)) this.#handle(message);
    else this.#host.log.warn('a message from the page was rejected as invalid');
  }

  #handle(message: PageMessage): void {
    switch (message.type) {
      case 'ready':
        void this.#begin();
        return;
      case 'details':
        void this.#sendDetails(message.id);
        return;
      case 'code':
        void this.#sendDetails(message.id, true);
        return;
      case 'open': {
        const row = this.#view.row(message.id);
        if (row?.callSite)
          this.#host.openCode(row.callSite, message.preview, message.clicked === true && this.kind !== 'panel');
        return;
      }
      case 'openFrame': {
        const place = placeOfFrame(this.#view.details(message.id)?.request.stack?.[message.frame]);
        if (place) this.#host.openCode(place, message.preview);
        return;
      }
      case 'setting':
        this.#host.openSetting(message.name);
        break;
      case 'savePackets':
        this.#host.savePackets(message.id);
        return;
      case 'run':
        this.#host.run(message.command);
        return;
      case 'seekEvent':
        this.#host.seek({ event: message.event });
        return;
      case 'seekTime':
        this.#host.seek({ at: message.at });
        return;
      case 'copyAs':
      case 'openBody':
      case 'send':
      case 'traceLike':
      case 'breakWhenFails':
      case 'compareRequests':
        this.#host.act(message, this.#view);
        return;
      case 'copy':
        void copyText(message.text);
        return;
      case 'seenFailures':
        this.#host.seenFailures(message.count);
        return;
      case 'focus':
        this.#host.focused(this, message.on);
        return;
      case 'persist':
        this.#host.state.set(message.state);
        return;
      case 'dropUris':
        this.#host.drop({ uris: message.uris });
        return;
      case 'dropFile':
        this.#host.drop(message);
        return;
      case 'rendered':
        this.#host.log.debug(`rendered ${message.ids.length} rows at ${message.at}`);
    }
  }

  async #begin(): Promise<void> {
    await this.#host.restored;
    this.#ready = true;
    this.#sendState();
    this.#sendWaiting();
  }

  /** `asked`: the user wants to see the code, wherever it is. */
  async #sendDetails(id: string, asked = false): Promise<void> {
    const details: Details | null = this.#view.details(id);
    const site = details?.row.callSite;
    const folders = this.#view.readOnly
      ? (vscode.workspace.workspaceFolders ?? []).map((f) => f.uri.fsPath)
      : undefined;
    const excerpt = site?.line !== undefined && (await excerptOf(site.file, site.line, { folders, asked }));
    this.#send({ type: 'details', id, details: details && { ...details, ...excerpt } });
  }

  #sendState(): void {
    const view = this.#view;
    this.#findings = '[]';
    this.#askFindings();
    const persisted = this.#host.state.get();
    const rows = view.rows();
    this.#send({
      type: 'state',
      state: {
        rows: rows.length > firstRows ? rows.slice(0, firstRows) : rows,
        connections: view.connections(),
        runs: view.runs(),
        status: view.status(),
        now: view.now(),
        view: this.kind === 'panel' ? 'panel' : 'editor',
        ...(view.readOnly ? { readOnly: true } : {}),
        ...(view.title === undefined ? {} : { title: view.title }),
        ...(this.#mark === undefined ? {} : { replay: this.#mark }),
        ...(persisted === undefined ? {} : { persisted }),
      },
    });
    this.#rest = rows.slice(firstRows).map((row) => row.id);
    this.#sendRest();
  }

  /** The other rows in parts: one message of 20,000 rows stops both sides for seconds. As they are by then. */
  #sendRest(): void {
    clearImmediate(this.#restSoon);
    if (this.#rest.length === 0) return;
    this.#restSoon = setImmediate(() => {
      const view = this.#view;
      const upsert = this.#rest.splice(0, rowsAtOnce).flatMap((id) => view.row(id) ?? []);
      const runs = view.runs();
      this.#send({ type: 'rows', upsert, removed: [], now: view.now(), status: view.status(), runs, rest: true });
      this.#sendRest();
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    if (!this.#ready || this.#rest.length > 0) return;
    for (const message of this.#waiting.splice(0)) void this.#webview.postMessage(message);
  }

  #askFindings(): void {
    this.#asking ??= setTimeout(() => {
      this.#asking = undefined;
      if (!this.#ready || !this.#visible) return;
      const findings = this.#view.findings();
      const text = JSON.stringify(findings);
      if (text === this.#findings) return;
      this.#findings = text;
      this.#send({ type: 'findings', findings });
    }, findingsAfterMs);
  }

  #send(message: HostMessage): void {
    if (this.#ready && this.#visible) void this.#webview.postMessage(message);
  }

  /** For what the user asked for: not lost while the page is loading, and not before the row that it is about. */
  #sendSoon(message: HostMessage): void {
    this.#waiting.push(message);
    this.#sendWaiting();
  }
}
