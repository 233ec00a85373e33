/** Rules about connections and the way to the host: each with what makes it fire, and what must not. */
import { describe, expect, test } from 'vitest';
import type { Request } from '../model/records';
import { analyse } from './analyse';
import { list } from './testing/ruleRecords';
import { exchange, ms, type Records, rulesOf, site, storeOf } from './testing/store';

const url = 'https://api.shop.example/items';

/** n requests one after another, a connection each; `connection` says what became of it. */
function newConnections(
  n: number,
  of: { agent?: (i: number) => number; hint?: number; closed?: object; idle?: number; request?: object },
): Records {
  const gap = of.idle ?? 100;
  return {
    requests: list(n, (i) => exchange(i, i * gap, { url, ordinal: 1, connection: `c${i}`, ...of.request })),
    connections: list(n, (i) => ({
      id: `c${i}`,
      dial: `d${i}`,
      requestCount: 1,
      connect: { beginAt: i * gap * ms, endAt: (i * gap + 6) * ms, result: 'connected' as const },
      ...(of.hint === undefined ? {} : { keepAliveHint: { timeout: of.hint * ms } }),
      ...(of.closed ? { closedAt: (i * gap + gap - 5) * ms, ...of.closed } : {}),
    })),
    dials: list(n, (i) => ({
      id: `d${i}`,
      via: 'agent',
      agent: of.agent?.(i) ?? 1,
      host: 'api.shop.example',
      beginAt: i * gap * ms,
    })),
  };
}

const environment = { http: 'http://proxy.example:3128/', https: 'http://proxy.example:3128/' };
const direct = (more: Partial<Request> = {}, no?: string): Records => ({
  requests: [exchange(1, 0, { connection: 'c', ordinal: 1, api: 'fetch', ...more })],
  connections: [{ id: 'c', dial: 'd' }],
  dials: [{ id: 'd', host: 'api.shop.example', via: 'undici' }],
  process: {
    runtime: { name: 'node', version: '24.1.0' },
    proxyEnvironment: { ...environment, ...(no === undefined ? {} : { no }) },
  },
});

/** Eight connections of HTTP/1.1 at once; `proof`: a ninth agreed on HTTP/2. */
const h1 = (proof: boolean, offered?: string[]): Records => ({
  requests: list(8, (i) => exchange(i, i, { connection: `c${i}`, ordinal: 1 })),
  connections: list(9, (i) => ({
    id: `c${i}`,
    connect: { beginAt: i * ms, endAt: (i + 2) * ms, result: 'connected' as const },
  })),
  tunnels: list(proof ? 9 : 8, (i) => ({
    id: `t${i}`,
    connection: `c${i}`,
    serverName: 'api.shop.example',
    ...(i === 8 ? { alpn: 'h2', alpnOffered: ['h2'] } : offered ? { alpnOffered: offered } : {}),
  })),
});

const upload = (more: object, send = 2000): Records => ({
  requests: [
    exchange(1, 0, {
      method: 'PUT',
      sendEndAt: send * ms,
      responseBeginAt: (send + 10) * ms,
      endAt: (send + 11) * ms,
      body: { bytes: 5_000_000, ...more },
    }),
  ],
});

const uploadWith = (more: Parameters<typeof kernel>[0]): Records => {
  const made = upload({ drainDuration: 1500 * ms });
  return { requests: (made.requests ?? []).map((r) => ({ ...r, kernel: kernel(more) })) };
};

const bodies = (more: Partial<Request>): Records => ({
  requests: list(4, (i) => exchange(i, i * 2000, { endAt: (i * 2000 + 1200) * ms, ...more })),
});

const packaged = (file: string, kind: 'library' | 'user' = 'library'): Records => ({
  requests: [exchange(1, 0, { callSite: { ...site(4, file), kind } })],
});

const each = (n: number, of: (i: number) => ReturnType<typeof exchange>): Records => ({ requests: list(n, of) });
const kernel = (more: Partial<NonNullable<Request['kernel']>>): NonNullable<Request['kernel']> => ({
  windowBeginAt: 0,
  windowEndAt: 1,
  samples: 2,
  shared: false,
  ...more,
});

const table: [rule: string, fires: Records, nearMiss: Records, unknown: Records][] = [
  [
    'avoidable-connections',
    newConnections(6, { agent: (i) => i }),
    newConnections(6, { agent: (i) => i, request: { ordinal: 2 } }),
    newConnections(6, {}),
  ],
  [
    'new-connection',
    newConnections(4, { closed: { closedBy: 'peer' }, idle: 5000 }),
    newConnections(2, { closed: { closedBy: 'peer' }, idle: 5000 }),
    newConnections(4, { closed: {}, idle: 5000 }),
  ],
  ['proxy-ignored', direct(), direct({}, '.shop.example'), direct({ connection: undefined as never })],
  ['proxy-ignored', direct(), direct({ proxy: { url: environment.http } }), { ...direct(), process: {} }],
  ['h2-not-used', h1(true), h1(true, ['h2', 'http/1.1']), h1(false)],
  [
    'upload-limited',
    upload({ lastWriteAt: 1900 * ms }),
    upload({ bytes: 1000, lastWriteAt: 1900 * ms }),
    upload({ bytes: undefined }),
  ],
  [
    'upload-limited',
    upload({ drainDuration: 1500 * ms }),
    upload({ drainDuration: 5 * ms }, 20),
    upload({ bytes: undefined }),
  ],
  [
    'retransmit-wait',
    each(1, (i) => exchange(i, 0, { wait: 230, kernel: kernel({ retransmits: 1, minRtt: 20 * ms }) })),
    each(1, (i) => exchange(i, 0, { wait: 230, kernel: kernel({ retransmits: 0 }) })),
    each(1, (i) => exchange(i, 0, { wait: 230, kernel: kernel({ retransmits: 1, shared: true }) })),
  ],
  ['body-slow', bodies({}), bodies({ loopBusyDuration: 1100 * ms }), bodies({ responseBeginAt: undefined as never })],
  [
    'new-hosts-by-package',
    packaged('/app/node_modules/@spy/beacon/index.js'),
    packaged('/app/node_modules/axios/index.js'),
    packaged('/app/node_modules/@spy/beacon/index.js', 'user'),
  ],
];

describe('rules of connections', () => {
  test.each(table)('%s fires; its near miss and missing data do not', (rule, fires, nearMiss, unknown) => {
    expect(rulesOf(fires)).toContain(rule);
    expect(rulesOf(nearMiss)).not.toContain(rule);
    expect(rulesOf(unknown)).not.toContain(rule);
  });

  const textOf = (r: Records, rule: string) => analyse(storeOf(r)).find((f) => f.rule === rule);

  test.each<[string, Records, string]>([
    [
      'another Agent',
      newConnections(6, { agent: (i) => i }),
      'another Agent, which cannot reuse connections of others',
    ],
    [
      'idle too long for the server',
      newConnections(4, { closed: { closedBy: 'peer' }, idle: 5000 }),
      'the server closed the previous one after 4.98 s idle',
    ],
    [
      'idle too long here',
      newConnections(4, { closed: { closedBy: 'timeout' }, idle: 5000 }),
      'the previous one was closed here after 4.98 s idle',
    ],
    [
      'a hint too short',
      newConnections(4, { hint: 1000, closed: { closedBy: 'local' }, idle: 2000 }),
      'the server keeps connections for 1.00 s only',
    ],
  ])('a new connection says why: %s', (_, records, text) => {
    const found = analyse(storeOf(records)).find((f) => /^(new-connection|avoidable-connections)$/.test(f.rule));
    expect(found?.text).toContain(text);
    expect(found?.evidence.map((e) => e.what)).toContain('reason');
  });

  test('parallel first requests and a busy pool are no habit', () => {
    const burst = newConnections(10, { idle: 1 });
    expect(rulesOf(burst)).toEqual([]);
  });

  test('an upload names a side only where its own figure does', () => {
    expect(textOf(upload({ lastWriteAt: 1900 * ms }), 'upload-limited')).toMatchObject({
      text: 'Your stream had nothing to send for 1.90 s of 2.00 s, in 1 upload to https://api.shop.example.',
      fault: 'yourCode',
      severity: 'warning',
    });
    expect(textOf(upload({ drainDuration: 1500 * ms }), 'upload-limited')).toMatchObject({
      fault: 'unclear',
      certainty: 'unclear',
    });
  });

  test('the kernel statistics say who held an upload up', () => {
    const by = (more: object) => textOf(uploadWith({ busyDuration: 1000 * ms, ...more }), 'upload-limited');
    expect(by({ rwndLimitedDuration: 900 * ms })).toMatchObject({ fault: 'server', certainty: 'sure' });
    expect(by({ sndbufLimitedDuration: 300 * ms })).toMatchObject({ fault: 'machine' });
    expect(by({})).toMatchObject({ fault: 'network', certainty: 'likely' });
    expect(by({ shared: true, rwndLimitedDuration: 900 * ms })).toMatchObject({ fault: 'unclear' });
  });

  test('an ignored proxy that would have helped is an error; the proxy’s user info stays hidden', () => {
    const failed = direct({ outcome: 'failed', error: { phase: 'tcp', code: 'ECONNREFUSED' } as never });
    expect(textOf(failed, 'proxy-ignored')).toMatchObject({
      severity: 'error',
      title: 'HTTPS_PROXY is set but not used',
      text: 'HTTPS_PROXY is set, but 1 request of fetch went straight to api.shop.example, and failed on the way.',
      advice: 'Set NODE_USE_ENV_PROXY=1 before the start, or use EnvHttpProxyAgent of undici as dispatcher.',
    });
  });
});
