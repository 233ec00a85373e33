import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closedWindow } from '../../src/analysis/base/limits';
import type { Trace } from '../../src/model/records';
import { shipped, whyNot } from './testing/helper';
import { Talker } from './testing/kernel';
import { Spaces } from './testing/spaces';

const why = whyNot('findings by the kernel’s figures', { root: true, programs: ['ip', 'nft', 'nsenter'] });

describe.skipIf(why)('findings by the kernel statistics, on real traffic', () => {
  const nettrace = why === undefined ? shipped() : undefined;
  const program = join(import.meta.dirname, 'programs/stalls.cjs');
  /** Namespaces with the server in them; gone with the test. */
  const stage = async (): Promise<Disposable & { spaces: Spaces; server: Talker }> => {
    const spaces = new Spaces();
    const server = new Talker(`process.env.SERVER = '${spaces.server}'; require('${program}')`, spaces.in('server'));
    expect(await server.line()).toBe('ready');
    return {
      spaces,
      server,
      [Symbol.dispose]: () => {
        server[Symbol.dispose]();
        spaces[Symbol.dispose]();
      },
    };
  };

  let runs = 0;
  const traced = async (spaces: Spaces, what: string, args: string[] = []) => {
    const out = join(nettrace?.home ?? '', `${what}${runs++}.nettrace.json`);
    const env = { URL: `http://${spaces.server}:8080`, WHAT: what };
    const all = ['run', '--quiet', ...args, '-o', out, '--', process.execPath, program];
    const { code, stderr } = (await nettrace?.run(all, { env, wrap: spaces.in('client') })) ?? {};
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const trace = JSON.parse(readFileSync(out, 'utf8')) as Trace;
    const pathsOf = (ids: readonly string[]) =>
      ids.map((id) => new URL(trace.requests.find((r) => r.id === id)?.url as string).pathname).sort();
    const found = (rule: string) =>
      (trace.findings ?? []).flatMap((f) => (f.rule === rule ? [{ ...f, paths: pathsOf(f.subjects) }] : []));
    return { trace, found };
  };

  test('a server that stops reading, a program that does; not a slow reader, nor a fast one', async () => {
    using staged = await stage();
    const { spaces, server } = staged;
    // Ground truth: segments of either side that say that its window is closed.
    const closed = 'tcp flags & (syn|rst|fin) == 0 @th,112,16 0 counter';
    spaces.rules(
      'router',
      `table ip t {\n chain f {\n type filter hook forward priority 0;\n tcp sport 8080 ${closed}\n tcp dport 8080 ${closed}\n }\n}\n`,
    );
    const { trace, found } = await traced(spaces, 'stalls');
    const counted = [...spaces.run('router', 'nft', 'list', 'ruleset').matchAll(/counter packets (\d+)/g)].map((m) =>
      Number(m[1]),
    );
    expect(counted.map((n) => n > 0)).toEqual([true, true]);
    expect(trace.requests.map((r) => r.outcome)).toEqual(Array(4).fill('complete'));
    const [theirs, ours] = ['server', 'yourCode'].map((fault) => found('zero-window').find((f) => f.fault === fault));
    // A busy machine may stop the other readers too, for as long as the server itself says.
    const reads = new Map<string, number>();
    for (let i = 0; i < 3; i++) {
      const [path = '', longest] = (await server.line()).split(' ');
      reads.set(path, Number(longest));
    }
    const stopped = ['/slow', '/fast'].filter((path) => (reads.get(path) as number) * 1000 >= closedWindow.min);
    expect(theirs).toMatchObject({ severity: 'warning', certainty: 'sure', paths: expect.arrayContaining(['/held']) });
    expect(theirs?.paths.filter((path) => path !== '/held' && !stopped.includes(path))).toEqual([]);
    expect(ours).toMatchObject({ severity: 'warning', certainty: 'sure', paths: ['/large'] });
    expect(found('zero-window').length).toBe(2);
    // The time is the kernel's own, and no longer than the server did not read (and what this machine added to it).
    const {
      kernel,
      sendBeginAt = Number.NaN,
      endAt = Number.NaN,
    } = trace.requests.find((r) => r.url?.endsWith('/held')) ?? {};
    const heldUp = trace.requests.filter((r) => theirs?.subjects.includes(r.id));
    expect(theirs?.evidence[0]?.value).toBe(heldUp.reduce((sum, r) => sum + (r.kernel?.rwndLimitedDuration ?? 0), 0));
    expect(kernel?.rwndLimitedDuration).toBeGreaterThan(1_000_000);
    expect(kernel?.rwndLimitedDuration).toBeLessThan(endAt - sendBeginAt);
    expect(found('pmtu-black-hole')).toEqual([]);
  });

  test('a lost packet that was waited for; not a server that takes as long', async () => {
    using staged = await stage();
    const { spaces } = staged;
    // The first one alone.
    const rule = 'tcp dport 8080 ip length > 600 numgen inc mod 1000000 0 counter drop';
    spaces.rules('router', `table ip t {\n chain f {\n type filter hook forward priority 0;\n ${rule}\n }\n}\n`);
    const { found } = await traced(spaces, 'lost');
    const dropped = /counter packets (\d+)/.exec(spaces.run('router', 'nft', 'list', 'ruleset'))?.[1];
    expect(dropped).toBe('1');
    const [waited, ...others] = found('retransmit-wait');
    expect([waited?.paths, others]).toEqual([['/lost'], []]);
    const [again, longest] = waited?.evidence ?? [];
    expect(again).toMatchObject({ what: 'segments sent again', value: 1 });
    expect(longest?.value).toBeGreaterThan(150_000);
  });

  test('large packets that vanish on the way; not where a router reports their size', async () => {
    using silent = await stage();
    using honest = await stage();
    const rule = 'tcp dport 8080 ip length > 1300 counter drop';
    const rules = `table ip t {\n chain f {\n type filter hook forward priority 0;\n ${rule}\n }\n}\n`;
    silent.spaces.rules('router', rules);
    honest.spaces.ip('router', `link set ${honest.spaces.towardsServer} mtu 1200`);
    const [all, free, run] = await Promise.all([
      traced(silent.spaces, 'vanish', ['--helper', 'all']),
      traced(silent.spaces, 'vanish'),
      traced(honest.spaces, 'vanish', ['--helper', 'all']),
    ]);
    const dropped = Number(/counter packets (\d+)/.exec(silent.spaces.run('router', 'nft', 'list', 'ruleset'))?.[1]);
    for (const { trace, found } of [all, free]) {
      expect(trace.requests.map((r) => r.outcome)).toEqual(['complete', 'aborted']);
      expect(found('pmtu-black-hole')).toMatchObject([{ severity: 'error', fault: 'network', paths: ['/vanish'] }]);
      expect(found('zero-window')).toEqual([]);
      const again = found('pmtu-black-hole')[0]?.evidence.find((e) => e.what === 'sent again')?.value;
      expect(again).toBeGreaterThanOrEqual(3);
      expect(again).toBeLessThan(dropped);
    }
    // Only who hears the routers too knows that none said anything.
    expect([all, free].map(({ found }) => found('pmtu-black-hole')[0]?.certainty)).toEqual(['sure', 'likely']);
    expect(run.trace.requests.map((r) => r.outcome)).toEqual(['complete', 'complete']);
    expect(run.trace.kernelEvents?.some((e) => e.kind === 'icmp')).toBe(true);
    expect(run.found('pmtu-black-hole')).toEqual([]);
  });
});
