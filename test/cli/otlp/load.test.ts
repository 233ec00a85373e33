/** 40,000 spans, five times what the exporter holds, through the exporter as it is shipped, to a receiver that is often not well. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { endpointOf } from '../../../src/cli/otlp/endpoint';
import type { startExport } from '../../../src/cli/otlp/exporter';
import { requestOf, socketOf, traceOf } from '../../../src/formats/testing/example';
import type { Connection, Dial, Lookup, Request } from '../../../src/model/records';
import { Store } from '../../../src/model/store/store';
import { Nettrace } from '../testing/nettrace';
import { type Behaviour, Receiver } from './receiver';

/** Each has five spans: request, wait, setup, lookup, attempt. */
const count = 8000;

function store(): Store {
  const requests: Request[] = [];
  const dials: Dial[] = [];
  const connections: Connection[] = [];
  const lookups: Lookup[] = [];
  for (let i = 0; i < count; i++) {
    const [id, dialId, lookup, connectionId] = [1, 2, 3, 4].map((n) => `1-0-${10 * i + n}`) as [
      string,
      string,
      string,
      string,
    ];
    const { connection, dial } = socketOf(
      { id: connectionId, dial: dialId },
      { id: dialId, request: id, lookup, connection: connectionId, attempts: [connectionId] },
    );
    requests.push(requestOf({ id, connection: connectionId, dial: dialId }));
    dials.push(dial);
    connections.push(connection);
    lookups.push({ id: lookup, thread: '1-0', dial: dialId, hostname: 'a.example', beginAt: 2110, endAt: 2190 });
  }
  return Store.fromDocument(traceOf({ requests, dials, connections }, { lookups }));
}

test.each(['http/protobuf', 'http/json'] as const)(
  'every span is delivered once, or counted as lost (%s)',
  async (otlpProtocol) => {
    const bundle = join(dirname(new Nettrace().bin), 'otlp.cjs');
    const shipped = createRequire(import.meta.url)(bundle) as { startExport: typeof startExport };
    const plan: Behaviour[] = ['take', 'later', 'take', 'stall', 'take', 'cut', 'take', 'refuse', 'take'];
    const to = await new Receiver((n) => plan[n] ?? 'take').start();
    const endpoint = endpointOf({ otlp: to.url, otlpProtocol, otlpHeader: [] });
    if (!endpoint) throw new Error('no endpoint');
    const records = store();
    const started = shipped.startExport(records, () => 10_000, endpoint, { max: 8192, batch: 2048, timeoutMs: 5000 });
    // It restarts in the middle, and is away for a moment.
    const restarted = (async () => {
      while (to.did.length < 15) await new Promise((resolve) => setTimeout(resolve, 10));
      await to.stop();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await to.start();
    })();
    const result = await started.finish(60_000);
    await restarted;
    await to.stop();

    expect(result.spans).toBe(5 * count);
    expect(result.missedRequests).toBe(0);
    const ids = to.spans.map((s) => s.spanId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length + result.failed + result.dropped + result.rejected).toBe(5 * count);
    expect(result.delivered).toBe(ids.length);
    // The batch that stalled and the one that was refused: others were sent again, and went through.
    expect(result.failed).toBe(2 * 2048);
    expect(result.dropped).toBe(0);
  },
);
