import { describe, expect, test } from 'vitest';
import { BreakpointError, BreakpointList } from './list';

function memory(value?: unknown) {
  const kept = { value };
  return { kept, get: () => kept.value, set: (v: unknown) => void Object.assign(kept, { value: structuredClone(v) }) };
}

describe('the list of network breakpoints', () => {
  test('has the plain ones, off; what is enabled is armed', () => {
    const list = new BreakpointList(memory());
    expect(list.all()).toHaveLength(8);
    expect(list.armed()).toEqual([]);
    const changes: string[] = [];
    list.onDidChange((what) => changes.push(what));
    list.setEnabled('status500', true);
    list.setEnabled('status500', true);
    list.change('status500', { condition: 'path:/a*', hitCondition: '>=2' });
    expect(list.armed()).toEqual([{ id: 'status500', kind: 'status500', condition: 'path:/a*', hitCondition: '>=2' }]);
    list.change('status500', { condition: undefined, hitCondition: '' });
    expect(list.armed()).toEqual([{ id: 'status500', kind: 'status500' }]);
    expect(changes).toEqual(['list', 'list', 'list']);
    list.disableAll();
    list.disableAll();
    expect(list.armed()).toEqual([]);
    expect(changes).toHaveLength(4);
  });

  test('survives a new window', () => {
    const m = memory();
    const list = new BreakpointList(m);
    const made = list.add({ kind: 'slowerThan', thresholdMs: 20, logMessage: '{url}' });
    list.setEnabled('firstHost', true);
    list.setSeen('firstHost', { enabled: true, condition: '' });
    const again = new BreakpointList(memory(m.kept.value));
    expect(again.all()).toEqual(list.all());
    expect(again.get(made.id)).toEqual({ ...made, enabled: true });
    expect(again.seen('firstHost')).toEqual({ enabled: true, condition: '' });
  });

  test('leaves out what is invalid in what was kept', () => {
    const saved = {
      v: 1,
      list: [
        { id: 'status500', kind: 'status500', enabled: true, condition: 'status:>=' },
        { id: 'x', kind: 'nothing', enabled: true },
        { id: 'y', kind: 'status400', enabled: 'yes', condition: 'method:GET' },
        null,
      ],
      seen: { y: null, other: { enabled: true, condition: '' } },
    };
    const list = new BreakpointList(memory(saved));
    expect(list.all()).toHaveLength(9);
    expect(list.get('status500')?.enabled).toBe(false);
    expect(list.get('y')).toEqual({ id: 'y', kind: 'status400', condition: 'method:GET', enabled: false });
    expect(list.seen('other')).toBeUndefined();
    for (const odd of [7, 'x', { v: 2 }, { v: 1, list: {} }, { v: 1 }])
      expect(new BreakpointList(memory(odd)).all()).toHaveLength(8);
  });

  test.each([
    [{ condition: 'status:>=' }, 'condition', /^Condition: status has no value at column 1/],
    [{ hitCondition: 'often' }, 'hitCondition', /number/],
    [{ logMessage: 'a {b}' }, 'logMessage', /column 3: there is no \{b\}/],
    [{ thresholdMs: -1 }, 'thresholdMs', /milliseconds/],
  ])('refuses %j, naming the field', (change, field, message) => {
    const list = new BreakpointList(memory());
    const before = list.all();
    const refused = () => list.change('slowerThan', change);
    expect(refused).toThrow(message);
    try {
      refused();
    } catch (error) {
      expect(error).toBeInstanceOf(BreakpointError);
      expect((error as BreakpointError).field).toBe(field);
    }
    expect(list.all()).toEqual(before);
    expect(() => list.change('none', {})).toThrow('There is no network breakpoint none.');
  });

  test('refuses a condition that a request’s start cannot decide', () => {
    const list = new BreakpointList(memory());
    for (const condition of ['status:500', 'path:/a -duration:>1s', '(status:500 OR size:>1k)'])
      expect(() => list.change('requestStarts', { condition })).toThrow('is not known yet when a request starts');
    for (const condition of ['path:/a method:GET', 'status:500 OR path:/a', '']) {
      list.change('requestStarts', { condition });
      list.change('firstHost', { condition });
    }
    list.change('status400', { condition: 'duration:>1s' });
  });

  test('plain ones stay, without what was theirs; others go', () => {
    const list = new BreakpointList(memory());
    list.change('status400', { condition: 'method:GET' });
    list.setEnabled('status400', true);
    list.remove('status400');
    expect(list.get('status400')).toEqual({ id: 'status400', kind: 'status400', enabled: false });
    const made = list.add({ kind: 'status400' });
    list.remove(made.id);
    expect(list.get(made.id)).toBeUndefined();
  });

  test('"break when this call fails" makes two, once', () => {
    const list = new BreakpointList(memory());
    const place = { file: '/a.ts', line: 3 };
    const made = list.breakWhenFails(place);
    expect(made.map((b) => [b.kind, b.callSite])).toEqual([
      ['requestFails', place],
      ['status400', place],
    ]);
    list.setEnabled(made[0]?.id ?? '', false);
    expect(list.breakWhenFails(place).map((b) => [b.id, b.enabled])).toEqual(made.map((b) => [b.id, true]));
    expect(list.all()).toHaveLength(10);
  });

  test('is bounded', () => {
    const list = new BreakpointList(memory());
    for (let i = 8; i < 128; i++) list.add({ kind: 'status400' });
    expect(() => list.add({ kind: 'status400' })).toThrow('already');
  });

  test('counts hits over threads, again with each start', () => {
    const list = new BreakpointList(memory());
    list.note({ breakpoint: 'status400', thread: 'p-0', hits: 2 });
    list.note({ breakpoint: 'status400', thread: 'p-0', hits: 3 });
    list.note({ breakpoint: 'status400', thread: 'p-1', hits: 1 });
    list.note({ breakpoint: 'gone', thread: 'p-1', hits: 1 });
    expect([list.hitsOf('status400'), list.hitsOf('status500'), list.hitsOf('gone')]).toEqual([
      4,
      undefined,
      undefined,
    ]);
    list.forgetHits();
    expect(list.hitsOf('status400')).toBeUndefined();
  });
});
