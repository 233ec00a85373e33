import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { Nettrace } from '../cli/testing/nettrace';
import { whyNoNamespace } from '../support/programs/namespace';
import { Upstream } from '../support/servers/upstream';
import { tshark, whyNoPackets } from './testing/capturing';
import { shipped, skipped, whyNot } from './testing/helper';

const why = whyNoPackets() ?? whyNoNamespace(false);
if (why) skipped('packets on the command line', why);
const nettrace = new Nettrace();
const programs = join(import.meta.dirname, 'programs');
const read = (file: string): Trace => JSON.parse(readFileSync(file, 'utf8')) as Trace;

interface EveConn {
  traceID: string;
  fromResolver?: boolean;
  addrTuple: { dstPort: number };
}
interface EveMessage {
  truncated: boolean;
  answers: { resolvedVal: string }[];
}
interface Eve {
  dials: object[];
  udpConns: EveConn[];
  tcpConns: EveConn[];
  dnsQueries: { connection: string; dnsQueryMsgs: EveMessage[]; dnsReplyMsgs: EveMessage[] }[];
}

interface Asked {
  at: string;
  transport: string;
  port: number;
  id: number;
  name: string;
  type: string;
  size: number;
}

/** Both at once: each has its own network namespace. */
const engines: [string, () => Nettrace, string | undefined][] = [
  ['dumpcap', () => nettrace, why],
  ['helper', shipped, why ?? whyNot('A05 by the helper')],
];
for (const [engine, made, missing] of engines)
  test(`A05 by ${engine}: DNS messages: servers in order, one that is silent, an answer cut off and asked for again over TCP`, {
    concurrent: true,
    skip: missing !== undefined,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nettrace-names-'));
    const [json, eveJson, pcapng] = ['t.nettrace.json', 't.eve.json', 't.pcapng'].map((f) => join(folder, f)) as [
      string,
      string,
      string,
    ];
    const stage = ['unshare', '--net', '--mount', process.execPath, join(programs, 'names-stage.cjs'), folder];
    const args = [
      'run',
      // An installed helper would be taken before dumpcap.
      ...(engine === 'dumpcap' ? ['--helper', 'none'] : []),
      '--capture',
      '-o',
      json,
      '-o',
      eveJson,
      '-o',
      pcapng,
      '--',
      'node',
      join(programs, 'names.cjs'),
    ];
    const result = await made().run(args, { wrap: stage });
    expect(result.stderr).toContain('saved');
    expect(result.code).toBe(0);

    expect(read(json).captures?.[0]?.engine).toBe(engine);

    const asked = (JSON.parse(readFileSync(join(folder, 'asked.json'), 'utf8')) as Asked[]).filter(
      (a) => a.name !== 'other.example',
    );
    const trace = read(json);
    const queries = (trace.dnsExchanges ?? []).flatMap((x) =>
      (x.queries ?? []).map((q) => ({
        at: x.server?.address,
        transport: x.transport,
        port: trace.connections.find((c) => c.id === x.connection)?.local?.port,
        id: q.id,
        name: q.questions[0]?.name,
        type: q.questions[0]?.type,
        size: q.size,
      })),
    );
    const inOrder = (list: { id: number; transport?: string | undefined; at?: string | undefined }[]) =>
      [...list].sort((a, b) => a.id - b.id || `${a.at}${a.transport}`.localeCompare(`${b.at}${b.transport}`));
    expect(asked.length).toBe(10);
    expect(inOrder(queries)).toEqual(inOrder(asked));

    for (const l of trace.lookups) {
      expect(l).toMatchObject({
        servers: ['127.0.0.2', '127.0.0.3'],
        skippedServers: [{ server: '127.0.0.2', why: 'timeout' }],
        answeredBy: 'network',
      });
    }
    const silent = trace.dnsExchanges?.filter((x) => x.server?.address === '127.0.0.2');
    expect(silent?.map((x) => x.error?.code)).toEqual(['ETIMEOUT', 'ETIMEOUT']);
    const [, big] = trace.lookups;
    const tcp = trace.dnsExchanges?.find((x) => x.transport === 'tcp');
    const cut = trace.dnsExchanges?.find((x) => x.id === tcp?.followUpOf);
    expect([tcp?.lookup, cut?.lookup]).toEqual([big?.id, big?.id]);
    expect(cut?.replies?.every((r) => r.truncated)).toBe(true);
    expect(tcp?.replies?.[0]?.answers.map((a) => [a.name, a.type, a.ttl, a.value])).toEqual([
      ['big.example', 'CNAME', 60, 'real.example'],
      ['real.example', 'A', 30, '127.0.0.1'],
    ]);

    // As EVE reports it: both servers in order, none skipped, as both were asked; the first one's silence;
    // what was cut off, and the connection after it.
    const eve = JSON.parse(readFileSync(eveJson, 'utf8')) as Eve;
    expect(eve.dials[1]).toMatchObject({
      dstAddress: 'big.example:8080',
      resolverDials: [
        { nameserver: '127.0.0.2:53', dialErr: expect.stringContaining('ETIMEOUT') },
        { nameserver: '127.0.0.3:53' },
        { nameserver: '127.0.0.3:53' },
      ],
    });
    const [dns, overTcp] = [eve.udpConns, eve.tcpConns].map((list) => list.filter((c) => c.addrTuple.dstPort === 53));
    expect([dns?.map((c) => c.fromResolver), overTcp?.map((c) => c.fromResolver)]).toEqual([
      Array(4).fill(true),
      [true],
    ]);
    const [last, before] = [...eve.dnsQueries].reverse();
    expect(last?.connection).toBe(overTcp?.[0]?.traceID);
    expect(before?.dnsReplyMsgs.map((m) => m.truncated)).toContain(true);
    expect(last?.dnsQueryMsgs[0]).toMatchObject({ ...before?.dnsQueryMsgs[0], sentAt: expect.any(String) });
    expect(last?.dnsReplyMsgs[0]?.answers.map((x) => x.resolvedVal)).toEqual(['real.example.', '127.0.0.1']);

    // The names are in the file, another program's messages are not.
    const names = tshark(pcapng, 'dns.flags.response == 0', ['dns.qry.name']).flat().join(';');
    expect(names).toContain('api.example');
    expect(names).not.toContain('other.example');
    expect(tshark(pcapng, 'tcp.flags.syn == 1 && tcp.dstport == 8080', ['tcp.dstport']).length).toBe(2);
    expect(statSync(pcapng).mode & 0o777).toBe(0o600);
  });

test.skipIf(why)('without the right to capture, one line says so and all else works', async () => {
  const asNobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--inh-caps=-all'];
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-names-'));
  spawnSync('chmod', ['777', folder]);
  const json = join(folder, 't.nettrace.json');
  const program = ['node', '-e', 'process.exit(7)'];
  const result = await nettrace.run(
    ['run', '--capture', '-o', json, '-o', join(folder, 't.pcapng'), '--', ...program],
    {
      wrap: asNobody,
    },
  );
  expect(result.code).toBe(7);
  expect(result.stderr.match(/no packets: dumpcap may not capture as this user/g)?.length).toBe(1);
  const trace = read(json);
  expect(trace.sources.find((s) => s.name === 'capture')).toMatchObject({ state: 'unavailable', reason: 'noRights' });
  expect(() => statSync(join(folder, 't.pcapng'))).toThrow(/ENOENT/);

  const convert = await nettrace.run(['convert', json, 'x.pcapng']);
  expect(convert.stderr).toMatch(/x\.pcapng: a trace holds no bytes of packets/);
  const bare = await nettrace.run(['run', '-o', 'x.pcapng', '--', 'node', '-e', '0']);
  expect([bare.code, bare.stderr]).toEqual([2, 'nettrace: x.pcapng needs --capture.\n']);
});

/** `CAPTURE_RUNS=50` for a figure rather than a check. */
const runs = Number(process.env.CAPTURE_RUNS ?? 3);
for (const [engine, made, missing] of engines)
  test.skipIf(missing)(
    `M112 by ${engine}: from the SYN of a program's first statement to the FIN of its last, each time`,
    async () => {
      const upstream = await Upstream.start();
      const folder = mkdtempSync(join(tmpdir(), 'nettrace-begin-'));
      const code = `require('http').get('${upstream.urls.http}/ok', { agent: false }, (r) => r.resume())`;
      const port = new URL(upstream.urls.http).port;
      const seen: string[][] = [];
      for (let i = 0; i < runs; i++) {
        const file = join(folder, `${i}.pcapng`);
        const by = engine === 'dumpcap' ? ['--helper', 'none'] : [];
        const { code: exit } = await made().run(['run', ...by, '--capture', '-o', file, '--', 'node', '-e', code]);
        expect(exit).toBe(0);
        const flags = tshark(file, `tcp.dstport == ${port}`, ['tcp.flags.str']).map(([text = '']) =>
          text.replace(/·/g, ''),
        );
        seen.push([flags[0] ?? '', flags.filter((f) => f.includes('F')).length === 1 ? 'F' : flags.join()]);
      }
      await upstream.close();
      expect(upstream.facts.connections.length).toBe(runs);
      expect(seen).toEqual(seen.map(() => ['S', 'F']));
    },
  );
