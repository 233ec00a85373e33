import { describe, expect, test } from 'vitest';
import { rows } from '../../test/webview/testing/sample';
import type { Row } from '../view/types';
import { RowStore } from './rowStore';
import { restoreUi } from './uiState';

const row = (id: string, createdAt: number): Row => ({ ...(rows[0] as Row), id, createdAt });

describe('row store', () => {
  test('keeps order of begin whatever order rows come in', () => {
    const store = new RowStore();
    store.reset([row('b', 2), row('a', 1)]);
    store.apply([row('d', 4)], []);
    store.apply([row('c', 3)], []);
    expect(store.rows.map((r) => r.id)).toEqual(['a', 'b', 'c', 'd']);
    expect(store.get('c')?.createdAt).toBe(3);
  });
  test('replaces, removes, and counts versions', () => {
    const store = new RowStore();
    store.reset([row('a', 1), row('b', 2), row('c', 3)]);
    const before = store.version;
    store.apply([{ ...row('b', 2), stateText: 'new' }], ['a']);
    expect(store.rows.map((r) => `${r.id}${r.stateText}`)).toEqual(['bnew', 'c200']);
    expect(store.get('a')).toBeUndefined();
    expect(store.version).toBe(before + 1);
    store.apply([], []);
    expect(store.version).toBe(before + 1);
  });
  test('a row whose begin changes moves', () => {
    const store = new RowStore();
    store.reset([row('a', 1), row('b', 2)]);
    store.apply([row('a', 5)], []);
    expect(store.rows.map((r) => r.id)).toEqual(['b', 'a']);
  });
});

describe('kept state', () => {
  test('what does not fit is left at its default', () => {
    const ui = restoreUi({
      filterText: 5,
      chips: ['failed', 'x'],
      range: { begin: 3, end: 1 },
      sort: { column: 'no' },
      columns: { shown: { 'response:via': true, 'response:a b': true }, widths: { host: 90, no: 3, name: 'x' } },
      tab: 'code',
      selected: [1, 'a'],
    });
    expect(ui).toMatchObject({
      filterText: '',
      chips: ['failed'],
      sort: { column: 'waterfall' },
      columns: { shown: { 'response:via': true }, widths: { host: 90 } },
      tab: 'code',
      selected: ['a'],
    });
    expect(ui.columns.shown).toEqual({ 'response:via': true });
    expect(ui.range).toBeUndefined();
    expect(restoreUi(null).follow).toBe(true);
  });
  test('comes back as it was kept', () => {
    const ui = {
      ...restoreUi(undefined),
      filterText: 'x',
      range: { begin: 1, end: 2 },
      sort: { column: 'time' as const, descending: true },
      follow: false,
      detailsOpen: true,
      active: 'a',
    };
    expect(restoreUi(JSON.parse(JSON.stringify(ui)))).toEqual(ui);
  });
});
