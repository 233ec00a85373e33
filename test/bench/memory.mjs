/** What the traced program's own memory grows by: the most it had resident while it made 100,000 requests. */
import { cpus } from 'node:os';
import { measurements } from './arms.mjs';
import { Client, onCore } from './clients.mjs';
import { startServer } from './measure.mjs';

const requests = 100_000;
/** A batch, after which the segments that were written are taken away, as a session does. */
const atOnce = 10_000;
const kinds = ['http', 'fetch'];

/** Resolves to kind of request → arm name → MB, one for each of `runs` fresh processes. */
export async function measureMemory(node, runs, say) {
  const { child, ports } = await startServer(node, onCore(1, cpus().length));
  const pin = onCore(0, cpus().length);
  const measured = {};
  try {
    for (const kind of kinds)
      for (let run = 0; run < runs; run++)
        for (const arm of measurements.growth.arms) {
          say(`memory, ${kind}: run ${run + 1} of ${runs}`);
          const client = await Client.start(arm, node, ports, pin);
          for (let made = 0; made < requests; made += atOnce)
            await client.batch({ kind, concurrency: 10, requests: atOnce });
          measured[kind] ??= {};
          measured[kind][arm.name] ??= [];
          measured[kind][arm.name].push((await client.batch({ kind: 'memory' })) / 1024);
          await client.stop();
        }
  } finally {
    child.disconnect();
  }
  return measured;
}
