import { describe, expect, test, vi } from 'vitest';
import type { TraceRule } from '../../model/records';
import { TraceRules } from '../../model/traceRules';
import type { Runs } from '../runs/runs';
import { launchRules } from './launch';
import { WorkspaceRules } from './registry';
import { shownRules } from './shown';
import { detailsOf, titleOf, tooltipOf } from './words';

function workspace() {
  let kept: unknown;
  const refused = vi.fn();
  const memory = {
    get: () => (kept === undefined ? undefined : JSON.parse(JSON.stringify(kept))),
    set: (value: unknown) => {
      kept = value;
    },
  };
  return { refused, memory, open: () => new WorkspaceRules(memory, async () => ({ TraceRules }), refused) };
}

const stateOf = (registry: TraceRules) => registry.list().map((r) => [r.condition, r.enabled]);

describe('the workspace’s trace rules', () => {
  test('at first there is one, for everything, enabled', async () => {
    const rules = workspace().open();
    const registry = await rules.registry();
    expect(stateOf(registry)).toEqual([['', true]]);
    expect(registry.list().map((r) => rules.isEverything(r))).toEqual([true]);
  });

  test('are the same after a reload: list, limits, what is enabled', async () => {
    const { open, refused } = workspace();
    const before = await open().registry();
    const { id } = before.create({ condition: 'status:>=500', limit: 5, description: 'bad ones', owner: 'a.b' });
    before.create({ condition: 'path:/x' });
    before.update(id, { enabled: true });
    before.update(before.list()[0]?.id ?? '', { enabled: false });
    const again = open();
    const after = await again.registry();
    expect(after.list()).toEqual(before.list());
    expect(stateOf(after)).toEqual([
      ['', false],
      ['status:>=500', true],
      ['path:/x', false],
    ]);
    expect(again.isEverything(after.list()[0] as TraceRule)).toBe(true);
    expect(refused).not.toHaveBeenCalled();
  });

  test('says what is wrong while it is typed, by the rules of create', async () => {
    const rules = await workspace().open().checks();
    expect(rules({ condition: 'status:>=500', limit: 5 })).toBeUndefined();
    expect(rules({ condition: 'status:>=' })).toMatch(/column 1: expected a value/);
    expect(rules({ condition: 'run:1' })).toMatch(/^condition: run is known in a trace only/);
    expect(rules({ condition: '', limit: Number('x') })).toMatch(/^limit has to be a whole number/);
  });

  test('reports each change, and of none before', async () => {
    const rules = workspace().open();
    const changed = vi.fn();
    rules.onDidChange(changed);
    const registry = await rules.registry();
    expect(changed).not.toHaveBeenCalled();
    registry.create({ condition: '' });
    expect(changed).toHaveBeenCalledTimes(1);
  });

  test.each<[string, unknown]>([
    ['text', 'x'],
    ['another version', { v: 2, requests: [] }],
    ['nothing in it', { v: 1 }],
    [
      'one entry that makes no sense',
      { v: 1, everything: 'no', requests: [{ id: 5 }, { id: 'a', condition: 'status:>=' }] },
    ],
  ])('whatever was kept (%s), everything can be asked for', async (_, value) => {
    const { memory, open } = workspace();
    memory.set(value);
    const rules = open();
    const registry = await rules.registry();
    expect(registry.list().some((r) => rules.isEverything(r) && r.enabled)).toBe(true);
  });
});

describe('those that are shown', () => {
  const runOf = (state: string, registry: TraceRules) =>
    ({ list: () => [{ state, title: 'Own set', recorder: { control: { registry } } }] }) as unknown as Runs;
  test('are the workspace’s, but while a program runs with its own', async () => {
    const rules = workspace().open();
    const registry = await rules.registry();
    const own = new TraceRules();
    expect(await shownRules(rules, runOf('running', own))).toEqual({ registry: own, run: 'Own set' });
    expect(await shownRules(rules, runOf('ended', own))).toEqual({ registry });
    expect(await shownRules(rules, runOf('running', registry))).toEqual({ registry });
    expect(await shownRules(rules, { list: () => [] })).toEqual({ registry });
  });
});

describe('trace rules of a launch configuration', () => {
  const of = (traceRules: unknown, sample?: unknown) => launchRules({ traceRules, sample }, TraceRules);
  test('none: the workspace’s', () => expect(of(undefined)).toBeUndefined());
  test('an empty list: nothing', () => expect(of([])?.list()).toEqual([]));
  test('texts and objects; enabled unless they say otherwise', () =>
    expect(of(['status:>=500', { condition: '', limit: 3, enabled: false }])?.list()).toMatchObject([
      { condition: 'status:>=500', enabled: true },
      { condition: '', limit: 3, enabled: false },
    ]));
  test('a sample, of everything or of those without one', () => {
    expect(of(undefined, 10)?.list()).toMatchObject([{ condition: '', sample: 10, enabled: true }]);
    expect(
      of(['', { condition: '', sample: 2 }], 10)
        ?.list()
        .map((r) => r.sample),
    ).toEqual([10, 2]);
  });
  test.each<[unknown, unknown, RegExp]>([
    ['status:500', undefined, /"traceRules" .* must be a list/],
    [['status:>='], undefined, /"traceRules"\[0\] .*condition: .*column \d+/],
    [['', 5], undefined, /"traceRules"\[1\] .*condition/],
    [[{ condition: '', limit: 0 }], undefined, /limit/],
    [[{ condition: '', limits: 1 }], undefined, /no field limits; there are condition, /],
    [[{ condition: '', enabled: 'yes' }], undefined, /enabled/],
    [[{}], undefined, /condition/],
    [undefined, 0, /"sample" .*sample/],
  ])('%j, sample %j is refused with what is wrong', (list, sample, message) =>
    expect(() => of(list, sample)).toThrow(message),
  );
});

describe('words', () => {
  const rule: TraceRule = { id: 'i', condition: 'status:>=500', limit: 5, enabled: true };
  const matched = [
    { thread: '4711-0', count: 3 },
    { thread: '4711-1', count: 1 },
    { thread: '5000-0', count: 2 },
  ];
  test.each<[TraceRule, object | undefined, string]>([
    [rule, undefined, '0 of 5'],
    [rule, { matched: matched.slice(0, 1) }, '3 of 5'],
    [rule, { matched }, '4 of 5 in the busiest of 2 processes'],
    [rule, { matched: [{ thread: '4711-0', count: 5 }], state: 'limitReached' }, '5 of 5 · limit reached'],
    [{ ...rule, enabled: false }, { matched: [{ thread: '4711-0', count: 5 }], state: 'limitReached' }, '5 of 5'],
    [{ id: 'i', condition: '', description: 'All requests' }, { matched }, '6'],
    [{ id: 'i', condition: '', description: 'All requests' }, undefined, ''],
    [{ id: 'i', condition: 'a', description: 'mine', sample: 10, owner: 'x.y' }, undefined, 'mine · 1 in 10 · by x.y'],
  ])('%j in %j: %s', (r, run, text) => expect(detailsOf(r, run && { id: 'i', ...run })).toBe(text));
  test('title: the condition, else the description', () => {
    expect(titleOf(rule)).toBe('status:>=500');
    expect(titleOf({ id: 'i', condition: '', description: 'mine' })).toBe('mine');
    expect(titleOf({ id: 'i' })).toBe('All requests');
  });
  test('the hover has all of it', () =>
    expect(tooltipOf({ ...rule, owner: 'x.y', sample: 3 }, { id: 'i', state: 'limitReached' })).toMatchInlineSnapshot(`
      "Requests that match status:>=500
      Enabled
      At most 5 in each process; reached in this run
      1 in 3 requests is recorded; the others are counted
      Made by the extension x.y
      Id i"
    `));
});
