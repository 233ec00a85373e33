import { describe, expect, test } from 'vitest';
import { rows } from '../../../test/webview/testing/sample';
import type { Row } from '../types';
import { asBreakdown, asTable } from './copy';
import { absentLines, rowName } from './words';

const row = (n: number): Row => rows.find((r) => r.id.endsWith(`-${n}`)) as Row;

describe('words', () => {
  test('name of a row says what its bar shows', () => {
    expect(rowName(row(13), row(13).total)).toBe(
      'POST pay.example.test/v1/intents, 201, done, 518 milliseconds: queueing 1.1, setup 95, request sent 0.6, waiting for server 412, content download 8.9; called at payment.ts line 57',
    );
    expect(rowName(row(11), row(11).total)).toContain('TCP timed out, failed in the TCP connect, 554 milliseconds');
    expect(rowName(row(25), 570_000)).toContain('waiting…, running, waiting for the server');
  });
  test('a mocked request is named as such, without steps of a connection', () => {
    const mocked: Row = { ...row(13), state: 'mocked', stateText: '201 mocked', mocked: true };
    expect(rowName(mocked, mocked.total)).toContain(', 201 mocked, ');
    expect(rowName(mocked, mocked.total)).not.toContain('mocked, mocked');
    const breakdown = {
      phases: [],
      paused: 0,
      absent: (['dns', 'tcp', 'proxy', 'tls'] as const).map((name) => ({ name, why: 'mocked' as const })),
    };
    expect(absentLines(breakdown, mocked)).toEqual([
      { phase: 'dns', label: 'DNS, TCP, TLS', why: 'none: mocked, with no connection' },
    ]);
  });
  test('absent phases with the same reason are grouped', () => {
    const reused = {
      phases: [],
      paused: 0,
      absent: (['dns', 'tcp', 'tls'] as const).map((name) => ({ name, why: 'reused' as const })),
    };
    expect(absentLines(reused, row(2))).toEqual([
      { phase: 'dns', label: 'DNS, TCP, TLS', why: 'not needed: connection #1 was reused (its 2nd request)' },
    ]);
    const failed = {
      phases: [],
      paused: 0,
      absent: (['tls', 'send', 'wait'] as const).map((name) => ({ name, why: 'notReached' as const })),
    };
    expect(absentLines(failed, row(11))).toEqual([
      { phase: 'tls', label: 'TLS, request and response', why: 'not reached' },
    ]);
  });
});

describe('copying', () => {
  test('a table has one line per row for any cell content', () => {
    const text = asTable([{ ...row(1), stateText: 'a\tb\nc' }, row(2)]);
    expect(text.split('\n').length).toBe(3);
    expect(text.split('\n')[1]?.split('\t').length).toBe(7);
  });
  test('a breakdown sums to its total', () => {
    const figures = [...asBreakdown(row(13)).matchAll(/([\d.]+) ms/g)].map((m) => Number(m[1]));
    expect(figures.slice(0, -1).reduce((a, b) => a + b, 0)).toBeCloseTo(figures.at(-1) as number, 1);
  });
});
