/** Calls of getaddrinfo as a probe of the kernel's sees them, beside what the name server saw and what the hook measured. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Lookup, Trace } from '../../../src/model/records';
import { problemsOfDocument } from '../../support/check';
import { only } from '../../support/observe';
import { shipped, whyNot } from '../testing/helper';

const why = whyNot('probes of getaddrinfo', { root: true, programs: ['ip', 'unshare', 'mount'] });
const programs = join(import.meta.dirname, '../programs');
const heldMs = 150;

interface Asked {
  name: string;
  askedAt: string;
  answeredAt: string;
}

test.skipIf(why)('a call lies around what the name server saw of it, and begins when the thread was free', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-lookups-'));
  const file = join(folder, 't.nettrace.json');
  const stage = [
    'unshare',
    '--net',
    '--mount',
    process.execPath,
    join(programs, 'lookups-stage.cjs'),
    folder,
    `${heldMs}`,
  ];
  const args = ['run', '--helper', 'all', '-o', file, '--', process.execPath, join(programs, 'lookups.cjs')];
  const result = await shipped().run(args, { wrap: stage, env: { UV_THREADPOOL_SIZE: '1' } });
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 0, stdout: '' });
  const trace = JSON.parse(readFileSync(file, 'utf8')) as Trace;
  expect(problemsOfDocument(trace)).toEqual([]);
  expect(trace.sources.find((s) => s.name === 'bpf')?.features).toContain('lookups');
  expect(trace.losses.filter((l) => l.source === 'bpf')).toEqual([]);

  const lookups = (name: string): Lookup[] => trace.lookups.filter((l) => l.hostname === name);
  const zero = BigInt(trace.beginMonotonicNs as string);
  const asked = (JSON.parse(readFileSync(join(folder, 'asked.json'), 'utf8')) as Asked[]).map((a) => ({
    name: a.name,
    askedAt: Number(BigInt(a.askedAt) - zero) / 1000,
    answeredAt: Number(BigInt(a.answeredAt) - zero) / 1000,
  }));
  const calls = trace.lookups;
  expect(calls).toHaveLength(5);
  for (const { hostname, beginAt = 0, endAt = 0, system, by, error } of calls) {
    // Each was asked for once, within one of its calls, which took as long as the server held it.
    const { beginAt: from = 0, endAt: to = 0, result = 1 } = system ?? {};
    expect([hostname, by?.system]).toEqual([hostname, 'bpf']);
    expect(asked.filter((a) => a.name === hostname && a.askedAt >= from && a.answeredAt <= to)).toHaveLength(1);
    expect([hostname, to - from >= heldMs * 1000, from >= beginAt, to <= endAt]).toEqual([hostname, true, true, true]);
    expect(result === 0).toBe(error === undefined);
  }
  expect(only(lookups('unknown.example'))).toMatchObject({ error: { code: 'ENOTFOUND' }, system: { result: -2 } });
  // With one thread they cannot overlap; no two lookups have the same call.
  const spans = calls.map(({ system }) => system as { beginAt: number; endAt: number });
  const sorted = [...spans].sort((a, b) => a.beginAt - b.beginAt);
  for (const [i, span] of sorted.slice(1).entries()) expect(span.beginAt).toBeGreaterThanOrEqual(sorted[i]?.endAt ?? 0);
  // The wait for the thread: both sources say the same, by 1 ms and what a busy machine adds to the way back.
  const behind = only(lookups('behind.example'));
  const wait = (behind.system?.beginAt ?? 0) - (behind.beginAt ?? 0);
  expect(behind.by?.poolWaitDuration).toBe('hook');
  expect(wait).toBeGreaterThan(50_000);
  expect(Math.abs(wait - (behind.poolWaitDuration ?? 0))).toBeLessThan(Math.max(1000, wait / 10));
});
