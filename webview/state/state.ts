/**
 * The page's state, filled by what the extension sends and by what the user does. A change
 * marks the state dirty; all changes of a frame are drawn in one pass by the function given to `onChange`.
 */

import { searchText } from '../../src/model/query/rowFields';
import type {
  ConnectionRow,
  Details,
  FindingRow,
  HostMessage,
  PanelState,
  ReplayMark,
  Row,
  Run,
  Status,
} from '../view/types';
import { askDetails, keepState, keptState, post } from './host';
import { RowStore } from './rowStore';
import { initialUi, restoreUi, type UiState } from './uiState';

const noStatus: Status = {
  recording: false,
  requests: 0,
  failed: 0,
  serverErrors: 0,
  running: 0,
  connections: 0,
  reuses: 0,
  bytesSent: 0,
  bytesReceived: 0,
  evicted: 0,
};

export const store = new RowStore();

export interface State {
  /** False until the host's first full state came. */
  ready: boolean;
  runs: readonly Run[];
  /** By id; what the host sent about the connections beyond the rows. */
  connections: Map<string, ConnectionRow>;
  /** Worst first. */
  findings: readonly FindingRow[];
  status: Status;
  view: 'panel' | 'editor';
  readOnly: boolean;
  /** Position of the replay of the shown trace; absent: it is not replayed. */
  replay?: ReplayMark;
  ui: UiState;
  /** Of the active row; kept until those of the next come, so that the pane does not flash. */
  details?: Details;
  /** Rows that came while follow was off. */
  unseen: number;
  /** µs on the axis when the last message came, and that moment on the page's clock (ms). */
  now: number;
  nowTakenAt: number;
  /** Moment (page's clock, ms) since which a recording run has no request. */
  waitingSince?: number;
}

export const state: State = {
  ready: false,
  runs: [],
  connections: new Map(),
  findings: [],
  status: noStatus,
  view: 'panel',
  readOnly: false,
  ui: initialUi,
  unseen: 0,
  now: 0,
  nowTakenAt: 0,
};

let draw: () => void = () => undefined;
let scheduled = false;
const commands = new Map<string, () => void>();

/** Called once a frame in which something changed. */
export function onChange(f: () => void): void {
  draw = f;
}

/** Something changed: draws in the next frame. A hidden page gets no frames and so does no work. */
export function invalidate(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
}

/** Whether time runs: the axis has a now line and running rows count. */
export const isLive = (): boolean => state.runs.some((run) => run.state === 'running');

/** Now on the axis, µs: counted on from the host's last message while a run goes on. */
export function now(): number {
  return isLive() ? state.now + (performance.now() - state.nowTakenAt) * 1000 : state.now;
}

const maxKept = 100;
let saving: ReturnType<typeof setTimeout> | undefined;

/** Changes what the user set; stored for the next time at rest. */
export function setUi(change: Partial<UiState>): void {
  state.ui = { ...state.ui, ...change };
  clearTimeout(saving);
  saving = setTimeout(() => {
    // Thousands of selected rows are not worth keeping.
    const kept = { ...state.ui, selected: state.ui.selected.slice(0, maxKept) };
    keepState(kept);
    post({ type: 'persist', state: kept });
  }, 300);
  invalidate();
}

/** Takes a key out of the UI state: for the optional ones, whose absence means the default. */
export function unsetUi(key: 'range' | 'active' | 'detailsWidth' | 'detailsHeight'): void {
  const { [key]: _, ...rest } = state.ui;
  state.ui = rest;
  setUi({});
}

let reported = 0;
/** Reports to the host how many failed requests and 5xx the user has seen, for the view's badge. */
function reportFailures(): void {
  const count = state.status.failed + state.status.serverErrors;
  if (count === reported || document.visibilityState !== 'visible') return;
  reported = count;
  post({ type: 'seenFailures', count });
}

/** What a command of the host (a VS Code keybinding, a view action) does in the page. */
export function onCommand(name: string, f: () => void): void {
  commands.set(name, f);
}

let asked = 0;
let again: ReturnType<typeof setTimeout> | undefined;
/** Asks again for the details of the active row when it changed, at most four times a second. */
function refreshDetails(changed: readonly Row[]): void {
  const { active, detailsOpen } = state.ui;
  if (!active || !detailsOpen || !changed.some((row) => row.id === active)) return;
  clearTimeout(again);
  again = setTimeout(
    () => {
      asked = performance.now();
      if (state.ui.active) askDetails(state.ui.active);
    },
    Math.max(0, asked + 250 - performance.now()),
  );
}

function takeState(full: PanelState): void {
  if (!state.ready) state.ui = restoreUi(keptState() ?? full.persisted);
  state.ready = true;
  state.view = full.view;
  state.readOnly = full.readOnly === true;
  takeMark(full.replay);
  store.reset(full.rows);
  state.unseen = Math.min(state.unseen, store.rows.length);
  // Nothing to stay at: after Clear the newest is followed again.
  if (full.rows.length === 0 && !full.readOnly) state.ui = { ...state.ui, follow: true };
  state.connections = new Map(full.connections?.map((c) => [c.id, c]));
  state.findings = full.findings ?? [];
  takeProgress(full);
  document.documentElement.dataset.view = full.view;
  if (state.ui.active && state.ui.detailsOpen) askDetails(state.ui.active);
}

function takeMark(mark: ReplayMark | undefined): void {
  if (mark) state.replay = mark;
  else delete state.replay;
}

function takeProgress(m: { now: number; status: Status; runs: readonly Run[] }): void {
  state.runs = m.runs;
  state.status = m.status;
  state.now = m.now;
  state.nowTakenAt = performance.now();
  if (store.rows.length > 0 || !m.status.recording) delete state.waitingSince;
  else state.waitingSince ??= performance.now();
}

function take(message: HostMessage): void {
  switch (message.type) {
    case 'state':
      takeState(message.state);
      break;
    case 'rows': {
      const before = store.rows.length;
      store.apply(message.upsert, message.removed);
      if (!state.ui.follow && !message.rest)
        state.unseen += Math.max(0, store.rows.length + message.removed.length - before);
      state.unseen = Math.min(state.unseen, store.rows.length);
      if (message.connections) {
        state.connections = new Map(state.connections);
        for (const c of message.connections) state.connections.set(c.id, c);
      }
      takeProgress(message);
      refreshDetails(message.upsert);
      break;
    }
    case 'findings':
      state.findings = message.findings;
      break;
    case 'details':
      if (message.id !== state.ui.active) return;
      if (message.details) state.details = message.details;
      else delete state.details;
      break;
    case 'select':
      selected?.(message.id);
      break;
    case 'replay':
      takeMark(message.mark ?? undefined);
      if (message.mark?.row !== undefined) marked?.(message.mark.row);
      break;
    case 'filter':
      setUi({ filterText: message.text });
      break;
    case 'command':
      commands.get(message.command)?.();
      break;
  }
  reportFailures();
  warm();
  invalidate();
}

let selected: ((id: string) => void) | undefined;
/** The host wants a row selected and shown. */
export function onSelect(f: (id: string) => void): void {
  selected = f;
}

let marked: ((row: string) => void) | undefined;
/** The replay came to an event of this row. */
export function onMark(f: (row: string) => void): void {
  marked = f;
}

let warming = false;
let warmed = 0;
/** While nothing else is to do, the texts that the filter searches are made, so that the first key finds them ready. */
function warm(): void {
  if (warming) return;
  warming = true;
  requestIdleCallback((idle) => {
    warming = false;
    if (warmed > store.rows.length) warmed = 0;
    while (warmed < store.rows.length && idle.timeRemaining() > 2) {
      for (let i = 0; i < 200; i++) {
        const row = store.rows[warmed++];
        if (row) searchText(row);
      }
    }
    if (warmed < store.rows.length) warm();
  });
}

/** Starts listening and asks the host for the full state. */
export function start(): void {
  window.addEventListener('message', (event: MessageEvent<HostMessage>) => {
    // Only the host frame posts here; what it sends is typed by the protocol.
    if (event.data && typeof event.data === 'object' && 'type' in event.data) take(event.data);
  });
  document.addEventListener('visibilitychange', () => {
    reportFailures();
    invalidate();
  });
  const focus = (on: boolean) => post({ type: 'focus', on });
  window.addEventListener('focus', () => focus(true));
  window.addEventListener('blur', () => focus(false));
  post({ type: 'ready' });
  if (document.hasFocus()) focus(true);
}
