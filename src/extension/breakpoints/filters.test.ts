import type { DebugProtocol } from '@vscode/debugprotocol';
import { describe, expect, test } from 'vitest';
import { filtersOf, putBack, readCondition, takeOut, writeCondition } from './filters';
import { BreakpointList } from './list';

const fresh = () => new BreakpointList({ get: () => undefined, set: () => {} });
const all = (list: BreakpointList) => new Set(list.all().map((b) => b.id));
const asked = (...options: [string, string?][]): DebugProtocol.SetExceptionBreakpointsArguments => ({
  filters: [],
  filterOptions: options.map(([filterId, condition]) => ({ filterId, ...(condition ? { condition } : {}) })),
});

describe('filters of the Breakpoints view', () => {
  test('one each, with a condition; their names do not change with it', () => {
    const list = fresh();
    list.change('slowerThan', { thresholdMs: 20 });
    list.setEnabled('status500', true);
    list.add({ kind: 'requestFails', callSite: { file: '/x/a.ts', line: 3 } });
    expect(filtersOf(list).map((f) => [f.filter.replace(/-.*/, ''), f.label, f.default])).toEqual([
      ['netTrace.requestStarts', 'Network: request starts', false],
      ['netTrace.responseArrives', 'Network: response arrives', false],
      ['netTrace.requestFails', 'Network: request fails', false],
      ['netTrace.status400', 'Network: status ≥ 400', false],
      ['netTrace.status500', 'Network: status ≥ 500', true],
      ['netTrace.slowerThan', 'Network: slow request', false],
      ['netTrace.firstHost', 'Network: first time a host is seen', false],
      ['netTrace.bodyNotRead', 'Network: body not read', false],
      [expect.stringMatching(/^netTrace\.[0-9a-f]+$/), 'Network: request fails at a.ts:3', true],
    ]);
    expect(filtersOf(list).every((f) => f.supportsCondition && f.conditionDescription)).toBe(true);
  });

  test('network breakpoints are taken out of the request, and answers keep its order', () => {
    const list = fresh();
    const args = asked(
      ['all'],
      ['netTrace.status500', 'method:GET'],
      ['uncaught', 'x > 1'],
      ['netTrace.firstHost', 'status:1'],
    );
    const taken = takeOut(args, list, all(list));
    expect(args).toEqual({
      filters: [],
      filterOptions: [{ filterId: 'all' }, { filterId: 'uncaught', condition: 'x > 1' }],
    });
    expect(list.armed()).toEqual([{ id: 'status500', kind: 'status500', condition: 'method:GET' }]);
    const response = {
      body: {
        breakpoints: [
          { verified: true, id: 1 },
          { verified: false, id: 2 },
        ],
      },
    } as DebugProtocol.SetExceptionBreakpointsResponse;
    putBack(response, taken);
    expect(response.body?.breakpoints).toEqual([
      { verified: true, id: 1 },
      { verified: true },
      { verified: false, id: 2 },
      { verified: false, message: 'Condition: status is not known yet when a request starts.' },
    ]);
    const none = { body: undefined } as unknown as DebugProtocol.SetExceptionBreakpointsResponse;
    putBack(none, taken);
    expect(none.body?.breakpoints?.map((b) => b.verified)).toEqual([true, true, true, false]);
    const untouched = {} as DebugProtocol.SetExceptionBreakpointsResponse;
    putBack(untouched, takeOut(asked(['all']), list, all(list)));
    expect(untouched).toEqual({});
  });

  test('only what the view says again is taken over', () => {
    const list = fresh();
    const say = (...options: [string, string?][]) => takeOut(asked(...options), list, all(list));
    say(['netTrace.status500']);
    expect(list.get('status500')?.enabled).toBe(true);
    // Switched off elsewhere, and the view says the same as before.
    list.setEnabled('status500', false);
    const sent = say(['netTrace.status500']);
    expect(list.get('status500')?.enabled).toBe(false);
    expect([...sent.ours.values()]).toEqual([
      { verified: false, message: 'Disabled in the Network Breakpoints view.' },
    ]);
    // The user looks, and clicks twice.
    say();
    say(['netTrace.status500']);
    expect(list.get('status500')?.enabled).toBe(true);
    say(['netTrace.status500', 'method:POST']);
    list.change('status500', { condition: 'method:GET' });
    expect([...say(['netTrace.status500', 'method:POST']).ours.values()]).toEqual([
      { verified: false, message: 'Stops as changed in the view Network Breakpoints: method:GET' },
    ]);
    expect(list.get('status500')?.condition).toBe('method:GET');
    // What it does not offer, it says nothing of.
    const made = list.add({ kind: 'status400' });
    takeOut(asked(['netTrace.status500', 'method:POST']), list, new Set(['status500']));
    expect(list.get(made.id)?.enabled).toBe(true);
  });

  test('a condition that is invalid switches it off, and is reported each time', () => {
    const list = fresh();
    for (let i = 0; i < 2; i++) {
      const { ours } = takeOut(asked(['netTrace.status500', '(status:']), list, all(list));
      expect([...ours.values()]).toEqual([{ verified: false, message: expect.stringContaining('Condition: ') }]);
      expect(list.armed()).toEqual([]);
    }
  });

  test.each([
    ['500ms path:/a', { thresholdMs: 500, condition: 'path:/a' }, '500ms path:/a'],
    ['> 2s', { thresholdMs: 2000, condition: undefined }, '2000ms'],
    ['1.5s', { thresholdMs: 1500, condition: undefined }, '1500ms'],
    ['path:/a', { thresholdMs: undefined, condition: 'path:/a' }, 'path:/a'],
    ['', { thresholdMs: undefined, condition: undefined }, ''],
    ['1s', { thresholdMs: 1000, condition: undefined }, ''],
  ])('slower than: %j', (text, change, written) => {
    expect(readCondition('slowerThan', text)).toEqual(change);
    expect(writeCondition({ id: 'a', kind: 'slowerThan', ...(change as object) })).toBe(written);
    expect(readCondition('status400', '500ms')).toEqual({ condition: '500ms' });
  });
});
