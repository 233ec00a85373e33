import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestFields } from '../hook/control/queryFields';
import { keys } from './query';
import { type NewTraceRule, onlyInTrace, TraceRuleError, TraceRules } from './traceRules';

function registry() {
  let n = 0;
  return new TraceRules({ now: () => '2026-01-01T00:00:00.000Z', uuid: () => `id-${++n}` });
}

const refused = (act: () => unknown): TraceRuleError => {
  try {
    act();
  } catch (error) {
    if (error instanceof TraceRuleError) return error;
    throw error;
  }
  throw new Error('not refused');
};

test('the five calls', () => {
  const r = registry();
  let reported = 0;
  r.onChange(() => reported++);
  const made = r.create({ condition: 'status:>=500', limit: 5, description: 'errors' });
  expect(made).toEqual({
    id: 'id-1',
    description: 'errors',
    condition: 'status:>=500',
    limit: 5,
    enabled: false,
    createdTime: '2026-01-01T00:00:00.000Z',
    state: 'created',
  });
  expect(r.get('id-1')).toEqual(made);
  expect(r.update('id-1', { enabled: true })).toMatchObject({ enabled: true, state: 'enabled' });
  expect(r.update('id-1', { enabled: false })).toMatchObject({ enabled: false, state: 'disabled' });
  expect(r.list()).toHaveLength(1);
  r.delete('id-1');
  expect(r.list()).toEqual([]);
  expect(r.get('id-1')).toBeUndefined();
  expect(reported).toBe(4);
  expect(refused(() => r.delete('id-1')).message).toBe('There is no trace rule id-1.');
});

test('ids are UUIDs, and times of now', () => {
  const before = Date.now();
  const made = new TraceRules().create({ condition: '' });
  const after = Date.now();
  expect(made.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const created = Date.parse(made.createdTime ?? '');
  expect([before <= created, created <= after]).toEqual([true, true]);
});

test.each([
  ['limit', { limit: 6 }],
  ['limit', { enabled: true, limit: 6 }],
  ['condition', { condition: 'status:404' }],
  ['description', { description: 'other' }],
  ['sample', { sample: 2 }],
  ['target', { target: { process: 'x' } }],
  ['owner', { owner: 'me' }],
  ['id', { id: 'id-2' }],
  ['createdTime', { createdTime: 'later' }],
] as const)('an update of %s is refused, named, and changes nothing: %j', (field, change) => {
  const r = registry();
  const made = r.create({ condition: '', limit: 5 });
  const error = refused(() => r.update(made.id, change));
  expect(error.field).toBe(field);
  expect(error.message).toContain(field);
  expect(r.get(made.id)).toEqual(made);
});

test('an update may say again what is there', () => {
  const r = registry();
  const made = r.create({ condition: 'path:/a', limit: 5, target: { process: 'app.js' } });
  expect(r.update(made.id, { ...made, enabled: true })).toMatchObject({ enabled: true, limit: 5 });
});

test('a condition that is invalid is refused with its column, one that cannot be known with its key', () => {
  const error = refused(() => registry().create({ condition: 'path:/a statsu:500' }));
  expect(error).toMatchObject({ field: 'condition', column: 9 });
  expect(error.message).toContain('statsu');
  expect(refused(() => registry().create({ condition: 'path:/a OR (run:2)' })).message).toContain('run');
});

test('numbers out of range, wrong types, too many', () => {
  const r = registry();
  for (const bad of [{ limit: 0 }, { limit: 1.5 }, { sample: -1 }, { limit: Number.NaN }, { sample: 1e10 }])
    expect(refused(() => r.create({ condition: '', ...bad })).field).toBe(Object.keys(bad)[0]);
  expect(refused(() => r.create({ condition: 5 as never })).field).toBe('condition');
  expect(refused(() => r.create({ condition: '', target: { host: 'x' } as never })).field).toBe('target');
  for (let i = 0; i < 256; i++) r.create({ condition: '' });
  expect(refused(() => r.create({ condition: '' })).message).toContain('256');
});

test("an owner sees and changes only its own; the user's view has all", () => {
  const r = registry();
  const [mine, yours] = [r.create({ condition: '', owner: 'a' }), r.create({ condition: '', owner: 'b' })];
  expect(r.list('a')).toEqual([mine]);
  expect(r.get(yours.id, 'a')).toBeUndefined();
  refused(() => r.update(yours.id, { enabled: true }, 'a'));
  refused(() => r.delete(yours.id, 'a'));
  expect(r.list()).toEqual([mine, yours]);
});

test('saved rules load unchanged, and invalid ones are left out and counted', () => {
  const [r, other] = [registry(), registry()];
  r.create({ condition: 'status:500', limit: 3, sample: 2, owner: 'x', target: { process: 'app.js' } });
  r.update('id-1', { enabled: true });
  r.create({ condition: '' });
  expect(other.load(JSON.parse(JSON.stringify(r.save())))).toEqual({ refused: 0 });
  expect(other.list()).toEqual(r.list());
  const bad = [{ id: 'z', condition: 'statsu:1' }, { condition: '' }, null, 3, { id: 'ok', condition: '', x: 1 }];
  expect(other.load([...bad, { id: 'ok', condition: '' }])).toEqual({ refused: 5 });
  expect(other.list().map((t) => t.id)).toEqual(['ok']);
  expect(other.load('nonsense')).toEqual({ refused: 1 });
  expect(other.load(undefined)).toEqual({ refused: 0 });
  expect(other.list()).toEqual([]);
});

test('anything loads without a throw, and what is loaded can be saved and loaded', () => {
  const entry = fc.record(
    {
      id: fc.oneof(fc.uuid(), fc.string()),
      condition: fc.oneof(fc.string(), fc.constant('status:>=500')),
      limit: fc.oneof(fc.integer(), fc.string()),
      enabled: fc.oneof(fc.boolean(), fc.string()),
      state: fc.string(),
      target: fc.anything(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.array(fc.oneof(entry, fc.anything()))), (data) => {
      const r = registry();
      r.load(data);
      const again = registry();
      expect(again.load(r.save())).toEqual({ refused: 0 });
      expect(again.list()).toEqual(r.list());
    }),
  );
});

test('any sequence of calls keeps the rules', () => {
  type Step = [0, NewTraceRule] | [1, number, boolean] | [2, number];
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.tuple(fc.constant(0 as const), fc.record({ condition: fc.constantFrom('', 'status:500') })),
    fc.tuple(fc.constant(1 as const), fc.nat(9), fc.boolean()),
    fc.tuple(fc.constant(2 as const), fc.nat(9)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const r = registry();
      const expected = new Map<string, boolean>();
      for (const [what, a, b] of steps) {
        const id = typeof a === 'number' ? `id-${a}` : '';
        if (what === 0) expected.set(r.create(a).id, false);
        else if (!expected.has(id)) refused(() => (what === 1 ? r.update(id, { enabled: b }) : r.delete(id)));
        else if (what === 1) expected.set(r.update(id, { enabled: b }).id, b);
        else {
          r.delete(id);
          expected.delete(id);
        }
      }
      expect(r.list().map((t) => [t.id, t.enabled])).toEqual([...expected]);
    }),
  );
});

test('each key of a query is known to the hook, or refused', () => {
  const missing = Object.keys(keys).filter((key) => !(key in requestFields));
  expect(missing.sort()).toEqual([...onlyInTrace].sort());
});
