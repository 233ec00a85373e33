import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { TraceRules } from '../../model/traceRules';
import { Runs } from '../runs/runs';
import { doneLine, FakeRecorder } from '../testing/recorder';
import { apiFor } from './api';

const failed = vi.fn();
function world() {
  const registry = new TraceRules();
  const runs = new Runs(() => 5);
  return { registry, runs, of: (owner: string) => apiFor(owner, registry, runs, failed) };
}

/** The five calls, as an extension makes them. */
describe('trace rules of an extension', () => {
  test('create gives an id and enables nothing; get and list have it with its time', () => {
    const { of, registry } = world();
    const { traceRules } = of('one.ext');
    const made = traceRules.create({ condition: 'status:>=500', limit: 5, description: 'bad' });
    expect(made).toMatchObject({ condition: 'status:>=500', limit: 5, enabled: false, state: 'created' });
    expect(made.id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(new Date(made.createdTime).getTime()).toBeGreaterThan(0);
    expect(traceRules.get(made.id)).toEqual(made);
    expect(traceRules.list()).toEqual([made]);
    expect(registry.get(made.id)?.owner).toBe('one.ext');
  });

  test('update switches; another field is refused by name, the same value is not', () => {
    const { traceRules } = world().of('one.ext');
    const { id } = traceRules.create({ condition: 'a', limit: 5 });
    expect(traceRules.update(id, { enabled: true })).toMatchObject({ enabled: true, state: 'enabled' });
    expect(() => traceRules.update(id, { enabled: true, limit: 6 })).toThrow(/^limit cannot be changed/);
    expect(() => traceRules.update(id, { enabled: true, state: 'created' })).toThrow(/^state cannot be changed/);
    const whole = traceRules.get(id);
    if (!whole) throw new Error('gone');
    expect(traceRules.update(id, { ...whole, enabled: false })).toMatchObject({ enabled: false, state: 'disabled' });
  });

  test('delete, once', () => {
    const { traceRules } = world().of('one.ext');
    const { id } = traceRules.create({ condition: '' });
    expect([traceRules.delete(id), traceRules.delete(id)]).toEqual([true, false]);
    expect(traceRules.list()).toEqual([]);
  });

  test('what is wrong is named: column, field', () => {
    const { traceRules } = world().of('one.ext');
    expect(() => traceRules.create({ condition: 'status:>=' })).toThrow(/column \d+/);
    expect(() => traceRules.create({ condition: '', limit: 0 })).toThrow(/^limit/);
    expect(() => traceRules.create({ condition: '', enabled: true } as never)).toThrow(/no field enabled/);
    expect(() => traceRules.create({ condition: '', owner: 'two.ext' } as never)).toThrow(/no field owner/);
  });

  test('nobody sees or changes another’s, nor the user’s', () => {
    const { of, registry } = world();
    const user = registry.create({ condition: '' });
    const one = of('one.ext').traceRules;
    const two = of('two.ext').traceRules;
    const { id } = one.create({ condition: 'a' });
    for (const other of [id, user.id]) {
      expect(two.get(other)).toBeUndefined();
      expect(two.delete(other)).toBe(false);
      expect(() => two.update(other, { enabled: true })).toThrow(/no trace rule/);
    }
    expect(two.list()).toEqual([]);
    expect(registry.list()).toHaveLength(2);
  });

  test('reports its own changes only, also of those that the user makes', () => {
    const { of, registry } = world();
    const changed = vi.fn();
    const { traceRules } = of('one.ext');
    const stop = traceRules.onDidChange(changed);
    const { id } = traceRules.create({ condition: 'a' });
    registry.create({ condition: 'b' });
    expect(changed).toHaveBeenCalledTimes(1);
    registry.update(id, { enabled: true });
    expect(changed).toHaveBeenCalledTimes(2);
    stop.dispose();
    registry.delete(id);
    expect(changed).toHaveBeenCalledTimes(2);
  });

  test('a listener that throws harms nobody', () => {
    const { traceRules } = world().of('one.ext');
    const after = vi.fn();
    traceRules.onDidChange(() => {
      throw new Error('theirs');
    });
    traceRules.onDidChange(after);
    traceRules.create({ condition: '' });
    expect(after).toHaveBeenCalledTimes(1);
    expect(failed).toHaveBeenCalledWith(new Error('theirs'));
  });
});

describe('requests for an extension', () => {
  test('none before the first run', () => expect(world().of('one.ext').requests()).toEqual([]));

  test('those that its own trace rules matched, of the newest run; a query narrows them', async () => {
    const { of, registry, runs } = world();
    const one = of('one.ext');
    const mine = one.traceRules.create({ condition: '' }).id;
    const users = registry.create({ condition: '' }).id;
    const old = new FakeRecorder('a');
    runs.begin(old, 'old');
    old.write(doneLine(1, 10, { traceRequests: [mine] }));
    const recorder = new FakeRecorder('b');
    const run = runs.begin(recorder, 'new');
    const changed = vi.fn();
    one.onDidChangeRequests(changed);
    recorder.write(
      doneLine(1, 1000, { traceRequests: [mine, users] }),
      doneLine(2, 2000, { traceRequests: [users] }),
      doneLine(3, 3000, { traceRequests: [mine], response: { status: 503 } }),
    );
    await expect.poll(() => one.requests().map((r) => r.url)).toEqual(['http://127.0.0.1/1', 'http://127.0.0.1/3']);
    expect(changed).toHaveBeenCalled();
    const [first] = one.requests();
    expect(first).toMatchObject({
      id: `r${run.number}/1-0-1`,
      method: 'GET',
      status: 200,
      durationMs: 1,
      traceRules: [mine],
      traceRequests: [mine],
    });
    expect(first?.startedAt).toBe('2026-01-01T00:00:00.001Z');
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    expect(one.requests('status:>=500').map((r) => r.status)).toEqual([503]);
    expect(() => one.requests('status:>=')).toThrow(/column \d+/);
    expect(of('two.ext').requests()).toEqual([]);
  });
});

/** Other extensions copy this file: it is published in docs, and imports nothing. */
test('docs/net-trace-api.d.ts is the file of the types', async () => {
  const types = readFileSync(join(__dirname, 'types.ts'), 'utf8');
  expect(types).not.toMatch(/^import/m);
  await expect(types).toMatchFileSnapshot(join(__dirname, '../../../docs/net-trace-api.d.ts'));
});
