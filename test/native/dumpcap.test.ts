import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { DumpcapEngine } from '../../src/helper/capture/dumpcapEngine';
import { whyNoPackets } from './testing/capturing';
import { skipped } from './testing/helper';
import { Talker } from './testing/kernel';

const why = whyNoPackets();
if (why) skipped('dumpcap beside a busy host', why);

test.skipIf(why)('while the host is busy, dumpcap keeps what arrives, or reports how much it lost', async () => {
  const sink = createSocket('udp4').bind(0, '127.0.0.1');
  await once(sink, 'listening');
  const { port } = sink.address();
  const count = 20_000;
  using sender = new Talker(`
    const s = require('dgram').createSocket('udp4'), text = Buffer.alloc(200);
    s.connect(${port}, '127.0.0.1', () => { console.log('up'); process.stdin.once('data', () => {
      let sent = 0, back = 0;
      const go = () => { for (let i = 0; i < 100 && sent < ${count}; i++) { sent++; s.send(text, () => { if (++back === ${count}) console.log('sent'); }); }
        if (sent < ${count}) setTimeout(go, 1); };
      go(); }); });`);
  await sender.line();
  const started = await new DumpcapEngine().start({ snaplen: 262_144, icmp: false, arp: false });
  let got = 0;
  const reading = (async () => {
    for await (const batch of started.batches)
      for (const { data } of batch)
        if (data.length === 242 && new DataView(data.buffer, data.byteOffset).getUint16(36) === port) got++;
  })();
  sender.writeLine('go');
  // As a debugger that holds the host: it reads nothing.
  const until = performance.now() + 1500;
  while (performance.now() < until);
  expect(await sender.line()).toBe('sent');
  const statistics = await started.stop();
  await reading;
  sink.close();
  const lo = statistics.find((s) => started.interfaces[s.interface]?.name === 'lo');
  // It reported each that it lost, others' among them; without its own queue it loses four of five.
  expect(count - got).toBeLessThanOrEqual(lo?.dropped ?? Number.NaN);
  expect(count - got).toBeLessThan(count / 10);
});
