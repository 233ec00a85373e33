/** `nettrace run`: how much of a packet is kept, of which interfaces, and of which connections the kernel is asked. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Trace } from '../../../src/model/records';
import { Nettrace } from '../../cli/testing/nettrace';
import { whyNoNamespace } from '../../support/programs/namespace';
import { repository } from '../../support/programs/nodes';
import { tshark, whyNoPackets } from '../testing/capturing';
import { shipped, skipped, whyNot } from '../testing/helper';

const why = whyNoPackets() ?? whyNoNamespace(false);
if (why) skipped('options of a capture', why);
const byHelper = why ?? whyNot('options of a capture by the helper', { root: true });

/** Makes requests to its own server, over loopback. */
const program = join(repository, 'samples/hello/hello.js');
/** A network namespace with loopback and one more interface, over which nothing is sent. */
const stage = [
  'unshare',
  '--net',
  'sh',
  '-c',
  'ip link set lo up && ip link add other0 type veth peer name other1 && ip link set other1 up && ip addr add 10.9.9.1/24 dev other0 && ip link set other0 up && exec "$@"',
  'sh',
];

async function traced(nettrace: Nettrace, options: readonly string[]): Promise<{ trace: Trace; pcapng: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-options-'));
  const [file, pcapng] = [join(folder, 't.nettrace.json'), join(folder, 't.pcapng')];
  const outputs = options.includes('--capture') ? ['-o', file, '-o', pcapng] : ['-o', file];
  const args = ['run', ...options, ...outputs, '--', process.execPath, program];
  const result = await nettrace.run(args, { wrap: stage });
  expect(result.code, result.stderr).toBe(0);
  return { trace: JSON.parse(readFileSync(file, 'utf8')) as Trace, pcapng };
}

describe.each([
  ['dumpcap', () => new Nettrace(), ['--helper', 'none'], why],
  ['helper', shipped, [], byHelper],
] as const)('packets by %s', (engine, made, use, missing) => {
  test.skipIf(missing)('--capture-snap-length: of each packet its first bytes, and how long it was', async () => {
    const { trace, pcapng } = await traced(made(), [...use, '--capture', '--capture-snap-length', '100']);
    expect(trace.captures).toMatchObject([{ engine, snaplen: 100 }]);
    const lengths = tshark(pcapng, 'tcp.len > 0', ['frame.cap_len', 'frame.len']).map(([kept, whole]) => [
      Number(kept),
      Number(whole),
    ]);
    expect(lengths.length).toBeGreaterThanOrEqual(6);
    expect(lengths.every(([kept = 0]) => kept <= 100)).toBe(true);
    expect(lengths.every(([, whole = 0]) => whole > 100)).toBe(true);
  });

  test.skipIf(missing)('--capture-interfaces: packets of these, and no others', async () => {
    const nettrace = made();
    const over = async (names: string) => {
      const { trace, pcapng } = await traced(nettrace, [...use, '--capture', '--capture-interfaces', names]);
      expect(trace.captures).toMatchObject([{ engine }]);
      return {
        names: trace.captures?.[0]?.interfaces?.map((i) => i.name),
        packets: tshark(pcapng, 'tcp', ['frame.number']).length,
      };
    };
    const [lo, other] = [await over('lo'), await over('other0')];
    expect(lo.names).toEqual(['lo']);
    expect(lo.packets).toBeGreaterThan(6);
    expect(other.packets).toBe(0);
    expect(other.names).not.toContain('lo');
  });
});

test.skipIf(byHelper)('--kernel-families: only connections of these are sampled', async () => {
  const nettrace = shipped();
  const sampled = async (names: string) => {
    const { trace } = await traced(nettrace, ['--kernel-families', names]);
    expect(trace.connections.length).toBeGreaterThan(0);
    expect(trace.sources.find((s) => s.name === 'inetDiag')?.state).toBe('on');
    return trace.kernelSamples?.length ?? 0;
  };
  expect(await sampled('ipv4')).toBeGreaterThan(0);
  expect(await sampled('ipv6')).toBe(0);
});
