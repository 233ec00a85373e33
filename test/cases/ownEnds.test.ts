/** What the program itself ended is not said to be the server's doing, and what it never sent is not counted as sent. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../src/analysis/analyse';
import { verdictOf } from '../../src/analysis/verdict/verdict';
import type { Request } from '../../src/model/records';
import { observe, only } from '../support/observe';
import { nodes } from '../support/programs/nodes';

const program = join(import.meta.dirname, 'programs/own-ends.cjs');

describe.each(nodes)('Node $major', (node) => {
  test('own ends, and requests that were given up unsent', async () => {
    const seen = await observe(node, program);
    const { store } = seen.run;
    expect(seen.requests).toHaveLength(11);
    const of = (path: string): Request => only(seen.requests.filter((r) => r.url?.endsWith(path)));
    const said = (path: string) => verdictOf(of(path), store, 1e12);

    for (const path of ['/late?agent', '/late?socket', '/half']) {
      expect(seen.connectionOf(of(path)).closedBy).toBe('local');
      expect(said(path)).toMatchObject({ rule: 'closedByProgram', fault: 'yourCode' });
    }
    expect(seen.connectionOf(of('/cut')).closedBy).toMatch(/^peer/);
    expect(said('/cut')).toMatchObject({ rule: 'closedUnanswered', fault: 'server' });
    const findings = analyse(store, 1e12);
    expect(findings.filter((f) => f.rule === 'reset-in-body')).toEqual([]);

    // As the server counted them.
    expect(seen.run.stdout).toMatch(/^a 1\nb 2\n304\nAbortError\n$/);
    for (const path of ['/given-up?first', '/given-up?second']) {
      expect(of(path).outcome).toBe('aborted');
      expect(of(path)).not.toHaveProperty('connection');
      expect(of(path)).not.toHaveProperty('sendBeginAt');
    }
    const [a, b] = [of('/counted?a'), of('/counted?b')];
    expect([a.ordinal, b.ordinal]).toEqual([1, 2]);
    expect(a).not.toHaveProperty('idleDuration');
    expect(b.connection).toBe(a.connection);
    expect(seen.connectionOf(a).requestCount).toBe(2);

    const early = of('/early');
    expect(early).toMatchObject({ outcome: 'complete', response: { status: 200, bodyBytes: 1 } });
    expect((early.endAt ?? Number.NaN) - (early.responseBeginAt ?? Number.NaN)).toBeLessThan(
      150_000 + seen.run.lateness,
    );

    expect(of('/unchanged')).toMatchObject({ outcome: 'complete', response: { status: 304 } });
    const aborted = of('/aborted');
    expect(aborted.outcome).toBe('aborted');
    expect((aborted.endAt ?? Number.NaN) - (aborted.createdAt ?? Number.NaN)).toBeLessThan(150_000 + seen.run.lateness);
  });
});
