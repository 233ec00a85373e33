/** The page gets a large state in parts: rows in sight first, each row once and as it is by then. */
import { expect, test, vi } from 'vitest';
import { exchange, storeOf } from '../../analysis/testing/store';
import type { HostMessage } from '../../model/panel/protocol';
import type { Row } from '../../model/rows/row';
import { rowOf } from '../../model/rows/row';
import type { TraceView } from '../details/view';
import { Page, type PageHost } from './page';

vi.mock('vscode', () => ({}));

function opened(count: number, meanwhile: (rows: Map<string, Row>) => void = () => {}) {
  const store = storeOf({ requests: Array.from({ length: count }, (_, i) => exchange(i + 1, i)) });
  const rows = new Map([...store.requests.values()].map((r) => [r.id, rowOf(r, store, 0)] as const));
  const sent: HostMessage[] = [];
  let receive: (message: unknown) => void = () => {};
  const webview = {
    onDidReceiveMessage: (f: (message: unknown) => void) => {
      receive = f;
      return { dispose: () => {} };
    },
    postMessage: async (message: HostMessage) => {
      if (sent.push(message) === 1) meanwhile(rows);
    },
  };
  const view = {
    rows: () => [...rows.values()],
    row: (id: string) => rows.get(id),
    connections: () => [],
    findings: () => [],
    runs: () => [],
    status: () => ({}),
    now: () => 0,
    onDidChange: () => ({ dispose: () => {} }),
  };
  const host = { state: { get: () => undefined }, focused: () => {} };
  const page = new Page(webview as never, view as unknown as TraceView, 'file', host as unknown as PageHost);
  return { page, rows, sent, ready: () => receive({ type: 'ready' }) };
}

const upserts = (sent: readonly HostMessage[]): Row[][] =>
  sent.flatMap((m) => (m.type === 'state' ? [m.state.rows] : m.type === 'rows' ? [m.upsert] : []));

test('20,000 rows', async () => {
  // While the rest is on its way one row goes, another changes.
  const { page, rows, sent, ready } = opened(20_000, (all) => {
    all.delete('1-0-9000');
    all.set('1-0-9001', { ...(all.get('1-0-9001') as Row), stateText: 'changed' });
  });
  page.select('1-0-19999');
  ready();
  await expect.poll(() => upserts(sent).flat().length).toBe(19_999);
  await expect.poll(() => sent.at(-1)?.type).toBe('select');
  const [first = [], ...others] = upserts(sent);
  expect(first.length).toBeLessThan(5000);
  expect(others.every((part) => part.length < 5000)).toBe(true);
  expect(sent.filter((m) => m.type === 'rows').every((m) => m.rest)).toBe(true);
  const all = upserts(sent).flat();
  expect(new Set(all.map((r) => r.id)).size).toBe(19_999);
  expect(all.find((r) => r.id === '1-0-9001')).toBe(rows.get('1-0-9001'));
  page.dispose();
});

test('a small state is one message', async () => {
  const { page, sent, ready } = opened(100);
  ready();
  await expect.poll(() => sent.length).toBe(1);
  expect(upserts(sent).map((part) => part.length)).toEqual([100]);
  page.dispose();
});
