import { describe, expect, test } from 'vitest';
import { asksForTrace, rootOf, traceIdMark, traceIdOf, traceMark } from './marker';

const launch = { type: 'pwa-node', request: 'launch', name: 'x' };

describe('what is traced', () => {
  test('ours, unless switched off; any Node launch that asks', () => {
    expect(asksForTrace({ ...launch, [traceMark]: true })).toBe(true);
    expect(asksForTrace({ ...launch, [traceMark]: true, netTrace: { headers: 'names' } })).toBe(true);
    expect(asksForTrace({ ...launch, [traceMark]: true, netTrace: false })).toBe(false);
    expect(asksForTrace({ ...launch, netTrace: true })).toBe(true);
    expect(asksForTrace({ ...launch, netTrace: { headers: 'names' } })).toBe(true);
  });

  test('attaching likewise', () => {
    expect(asksForTrace({ ...launch, request: 'attach', [traceMark]: true })).toBe(true);
    expect(asksForTrace({ ...launch, request: 'attach', netTrace: true })).toBe(true);
    expect(asksForTrace({ ...launch, request: 'attach' })).toBe(false);
  });

  test('nothing else: other launches, the debugger’s own child sessions', () => {
    expect(asksForTrace(launch)).toBe(false);
    expect(asksForTrace(launch, true)).toBe(true);
    expect(asksForTrace({ ...launch, netTrace: false }, true)).toBe(false);
    expect(asksForTrace({ ...launch, request: 'attach' }, true)).toBe(false);
    expect(asksForTrace({ ...launch, __pendingTargetId: 'x' }, true)).toBe(false);
    expect(asksForTrace({ ...launch, netTrace: false })).toBe(false);
    expect(asksForTrace({ ...launch, netTrace: null })).toBe(false);
    expect(asksForTrace({ ...launch, request: 'test', netTrace: true })).toBe(false);
    expect(asksForTrace({ ...launch, netTrace: true, __pendingTargetId: '7' })).toBe(false);
  });

  test('a child of a traced session is traced', () => {
    const root = { id: 'a', configuration: { ...launch, [traceIdMark]: 't' } };
    const leaf = { id: 'c', configuration: {}, parentSession: { id: 'b', configuration: {}, parentSession: root } };
    expect(rootOf(leaf)).toBe(root);
    expect(traceIdOf(leaf)).toBe('t');
    expect(traceIdOf({ id: 'd', configuration: launch })).toBeUndefined();
  });
});
