import { expect, test, vi } from 'vitest';
import { exchange, storeOf } from '../../analysis/testing/store';
import { documentOf } from '../../model/document';
import { FileView } from './fileView';
import { TraceEditors } from './traceEditor';

vi.mock('vscode', () => ({
  EventEmitter: class<T> {
    readonly #listeners = new Set<(value: T) => void>();
    event = (f: (value: T) => void) => {
      this.#listeners.add(f);
      return { dispose: () => this.#listeners.delete(f) };
    };
    fire(value: T) {
      for (const f of this.#listeners) f(value);
    }
    dispose() {}
  },
  window: { registerCustomEditorProvider: () => ({ dispose: () => {} }) },
}));

function opened() {
  const host = { focused: () => {}, state: { get: () => undefined } };
  const editors = new TraceEditors({ path: '/', with: () => '' } as never, host as never);
  const view = new FileView(documentOf(storeOf({ requests: [exchange(1, 0)] })), 'a.nettrace.json');
  let close: () => void = () => {};
  const nothing = { dispose: () => {} };
  const panel = {
    active: true,
    visible: true,
    reveal: vi.fn(),
    webview: { asWebviewUri: String, onDidReceiveMessage: () => nothing, postMessage: async () => true },
    onDidChangeViewState: () => nothing,
    onDidDispose: (f: () => void) => {
      close = f;
      return nothing;
    },
  };
  const closed = vi.fn();
  editors.onDidClose(closed);
  editors.resolveCustomEditor({ view } as never, panel as never);
  return { editors, view, panel, closed, close: () => close() };
}

test('a link to a row of an opened trace leads to its editor, as long as that is there', () => {
  const { editors, view, panel, close } = opened();
  const id = view.rows()[0]?.id as string;
  expect(editors.reveal(view, id)).toBe(true);
  expect(panel.reveal).toHaveBeenCalledOnce();
  close();
  expect(editors.reveal(view, id)).toBe(false);
});

test('a trace that is closed is reported, once', () => {
  const { view, closed, close } = opened();
  expect(closed).not.toHaveBeenCalled();
  close();
  expect(closed.mock.calls).toEqual([[view]]);
});
