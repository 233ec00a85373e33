/**
 * Requests that are given up before they have a connection: they end at that instant, in the phase they were in, whatever
 * the connection does later.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verdictOf } from '../../../src/analysis/verdict/verdict';
import type { Request } from '../../../src/model/records';
import { scratch } from '../../../src/session/testing/scratch';
import { type Observed, observe, only, present } from '../../support/observe';
import { stage, whyNoNamespace } from '../../support/programs/namespace';
import { nodes, repository } from '../../support/programs/nodes';

const program = (name: string) => join(import.meta.dirname, '../programs', name);
const noFilter = whyNoNamespace(true);
if (noFilter) console.warn(`a SYN that is dropped is skipped: ${noFilter}`);

const at = (seen: Observed, path: string) =>
  present(
    seen.requests.find((r) => r.url?.endsWith(path)),
    path,
  );

function expectGivenUp(seen: Observed, path: string, phase: string, how: Partial<Request>): void {
  const r = at(seen, path);
  expect(r, path).toMatchObject({ outcome: 'aborted', ...how });
  expect(seen.phaseNames(r).at(-1), `last phase of ${path}`).toBe(phase);
  expect(r.sendBeginAt, path).toBeUndefined();
  const end = present(r.endAt, 'its end');
  expect(r.abort?.at, path).toBe(end);
  // What was made later was made after it.
  for (const c of seen.connections)
    if (c.dial === r.dial && phase === 'dns') expect(c.connect?.beginAt).toBeGreaterThan(end);
}

const timedOut = (limit: number) => ({ timeout: { kind: 'signal', limit } }) as Partial<Request>;
const enough = { abort: { reason: 'enough' } } as Partial<Request>;

/** One thread for lookups, so that a program can hold it. */
const options = { execArgv: ['--no-warnings'], env: { UV_THREADPOOL_SIZE: '1', SCRATCH: scratch() } };

describe.each(nodes)('Node $major', (node) => {
  test.each(['', 'later'])('during lookup and TLS, connections made later: "%s"', async (later) => {
    const seen = await observe(node, program('given-up.cjs'), { args: [later], ...options });
    const paths = seen.requests.map((r) => new URL(r.url ?? '').pathname).filter((path) => path.startsWith('/dns'));
    expect(paths).toEqual(expect.arrayContaining(['/dns-timeout', '/dns-request', '/dns-http']));
    for (const path of paths) expectGivenUp(seen, path, 'dns', path === '/dns-abort' ? enough : timedOut(50_000));
    expect(at(seen, '/dns-timeout').timeout?.at).toBe(at(seen, '/dns-timeout').endAt);
    expectGivenUp(seen, '/tls-abort', 'tls', enough);
    expectGivenUp(seen, '/tls-destroy', 'tls', {});
  });

  test('in the callback of a timer: its delay; one step after it, or in another callback, none', async () => {
    const seen = await observe(node, program('abortTimers.cjs'), { execArgv: ['--no-warnings'] });
    const timers = seen.requests.map((r) => [new URL(r.url ?? '').pathname, r.outcome, r.abort?.timer]);
    expect(timers).toEqual([
      ['/fetch', 'aborted', 70_000],
      ['/http', 'aborted', 70_000],
      ['/reason', 'aborted', 60_000],
      ['/step', 'aborted', undefined],
      ['/immediate', 'aborted', undefined],
    ]);
    expect(verdictOf(at(seen, '/fetch'), seen.run.store, 0).text).toMatch(
      /^Aborted after \S+ m?s by a timer of 70 ms, while waiting for the server \(called at abortTimers\.cjs:\d+\)\.$/,
    );
  });

  test.skipIf(noFilter)('while the SYN is dropped', async () => {
    const rule = ['tcp', 'dport', '1-65535', 'counter', 'drop'];
    const { wrap, facts } = stage({
      filter: [
        ['add', 'table', 'inet', 't'],
        ['add', 'chain', 'inet', 't', 'in', '{ type filter hook input priority 0; }'],
        ['add', 'rule', 'inet', 't', 'in', 'ip6', 'daddr', '::1', ...rule],
      ],
    });
    const seen = await observe(node, program('given-up-tcp.cjs'), { wrap });
    expect(facts().filter).toMatch(/packets [1-9]/);
    for (const path of ['/fetch', '/http']) expectGivenUp(seen, path, 'tcp', timedOut(300_000));
  });
});

const copies = [
  { major: 18, copy: 'undici6' },
  { major: 20, copy: 'undici7' },
  { major: 24, copy: 'undici8' },
].filter(({ major }) => nodes.some((n) => n.major === major));

describe.each(copies)('Node $major, $copy', ({ major, copy }) => {
  const node = present(
    nodes.find((n) => n.major === major),
    'Node',
  );
  test.each(['', 'later'])('fetch, request, stream and the queue of a pool, later: "%s"', async (later) => {
    const args = [later, join(repository, 'test/matrix/clients/node_modules', copy)];
    const seen = await observe(node, program('given-up.cjs'), { args, ...options });
    expectGivenUp(seen, '/copy-fetch', 'dns', timedOut(50_000));
    expectGivenUp(seen, '/copy-request', 'dns', timedOut(50_000));
    expectGivenUp(seen, '/copy-stream', 'dns', enough);
    // Kept by the pool: no request was made of it yet.
    expectGivenUp(seen, '/copy-queued', 'queue', timedOut(60_000));
    const queued = only(seen.requests.filter((r) => r.url?.endsWith('/copy-queued')));
    expect(queued).toMatchObject({ api: 'undici', method: 'GET', client: { bundled: false } });
    expect(queued.loopBusyDuration).toBeLessThanOrEqual((queued.endAt as number) - (queued.createdAt as number));
  });

  test('the first request of the copy', async () => {
    const args = [join(repository, 'test/matrix/clients/node_modules', copy)];
    const seen = await observe(node, program('given-up-first.cjs'), { args, ...options });
    expectGivenUp(seen, '/first', 'tls', enough);
    // It has no signal, though one was listened to before.
    expect(at(seen, '/none').outcome).not.toBe('aborted');
  });
});
