/** Much of everything: connections, bytes, headers, children. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { allHolds, counted, lossesOf, soundTrace, unharmed, wholeTrace } from '../world/compare';
import { descriptors } from '../world/machine';
import type { Scenario } from '../world/scenario';
import { whenRead } from '../world/until';

const MiB = 1024 * 1024;
const mib = (bytes = 0): string => `${(bytes / MiB).toFixed(0)} MiB`;

/** Server and program have one descriptor each for a connection, and some for themselves. */
const spare = 500;

export const connections = (wanted: number): Scenario => ({
  name: 'many-connections',
  fault: `${wanted.toLocaleString('en')} connections at once (fewer where a process may have fewer descriptors)`,
  promise: 'All are recorded, each request with its connection; program and host do not run out of anything.',
  tests: [],
  async run(world) {
    const n = Math.min(wanted, descriptors() - spare);
    world.server.holdUntil(n);
    const options = ['--max-requests', String(n + spare)];
    const runs = await world.both({ program: 'connections.cjs', args: [String(n)], options });
    const { trace, report, held } = runs.traced;
    const lost = lossesOf(trace);
    return {
      measured: `${n} at once (\`ulimit -n\` ${descriptors()}): ${counted(runs.traced)} on ${trace?.connections.length} connections; the program’s memory at the end ${mib(runs.plain.report?.rss)} without, ${mib(report?.rss)} with; losses stated: ${lost.join(', ') || 'none'}`,
      checks: {
        ...unharmed(runs),
        ...wholeTrace(runs.traced),
        ...soundTrace(trace),
        // So many in one second are more than the helper samples.
        'nothing is lost but samples of the kernel': lost.every((loss) => loss.includes('kernelSamples')),
        'all waited at once': held === n && runs.plain.held === n,
        'each has its connection': new Set(trace?.requests.map((r) => r.connection)).size === n,
      },
    };
  },
});

/** More than the hook may need for itself, much less than the body. */
const allowance = 64 * MiB;

export const body = (bytes: number): Scenario => ({
  name: 'large-body',
  fault: `a response of ${mib(bytes)}`,
  promise: 'The program’s memory does not grow with the body; its size is exact.',
  tests: [],
  async run(world) {
    const runs = await world.both({ program: 'download.cjs', args: [String(bytes)] });
    const [without, within] = [runs.plain.report?.peak, runs.traced.report?.peak];
    const { response } = runs.traced.trace?.requests[0] ?? {};
    return {
      measured: `largest resident memory of the program ${mib(without)} without, ${mib(within)} with; ${(runs.plain.ms / 1000).toFixed(1)} s and ${(runs.traced.ms / 1000).toFixed(1)} s; recorded ${response?.readBytes} bytes`,
      checks: {
        ...allHolds(runs),
        'its size is exact': response?.readBytes === bytes,
        'memory did not grow with it': (within ?? Number.POSITIVE_INFINITY) < (without ?? 0) + allowance,
      },
    };
  },
});

export const header = (bytes: number): Scenario => ({
  name: 'endless-header',
  fault: `a server that sends a header of ${mib(bytes)}, to \`http.get\` and to \`fetch\``,
  promise:
    'The program gets the same errors (HPE_HEADER_OVERFLOW, UND_ERR_HEADERS_OVERFLOW); both are recorded as failed.',
  tests: ['test/cli/faults/faults.test.ts'],
  async run(world) {
    const server = createServer((socket) => endless(socket, bytes)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/endless`;
    const runs = await world.both({ program: 'header.cjs', env: { ENDLESS: url } });
    server.close();
    const requests = runs.traced.trace?.requests ?? [];
    const codes = requests.map((r) => r.error?.code ?? r.error?.causes?.[0]?.code ?? 'none');
    return {
      measured: `recorded: ${requests.map((r, i) => `${r.api} ${r.outcome} ${codes[i]}`).join(', ')}`,
      checks: {
        ...unharmed(runs),
        ...soundTrace(runs.traced.trace),
        'the program got HPE_HEADER_OVERFLOW': runs.plain.stdout.includes('HPE_HEADER_OVERFLOW'),
        'two requests, both failed': requests.map((r) => r.outcome).join() === 'failed,failed',
        'with their codes': codes.join() === 'HPE_HEADER_OVERFLOW,UND_ERR_HEADERS_OVERFLOW',
      },
    };
  },
});

function endless(socket: Socket, bytes: number): void {
  const piece = Buffer.alloc(64 * 1024, 'a');
  let left = bytes;
  const more = () => {
    while (left > 0 && socket.writable) {
      left -= piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on('error', () => {}).on('drain', more);
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\nx-endless: ');
    more();
  });
}

export const children = (count: number): Scenario => ({
  name: 'many-children',
  fault: `${count.toLocaleString('en')} short child processes, four at a time, each with one request`,
  promise: 'Each is in the trace with its request; all end as without us.',
  tests: ['test/cases/behaviours.test.ts'],
  async run(world) {
    const runs = await world.both({ program: 'children.cjs', args: [String(count)] });
    const processes = runs.traced.trace?.processes ?? [];
    const ended = processes.filter((p) => p.exitCode === 3).length;
    return {
      measured: `${counted(runs.traced)}, of ${processes.length} processes; ${(runs.plain.ms / 1000).toFixed(0)} s without, ${(runs.traced.ms / 1000).toFixed(0)} s with`,
      checks: {
        ...allHolds(runs),
        'each process is there': processes.length === count + 1,
        'each with its exit code': ended === count,
      },
    };
  },
});

export const descriptorsClosed: Scenario = {
  name: 'descriptors-closed',
  fault: 'the program closes the descriptors 3 to 255, but for those of Node’s event loop, and opens files of its own',
  promise: 'The program notices nothing, no line of Net Trace’s is in its files, and what follows is recorded.',
  tests: ['test/hook/process/spool.test.ts'],
  async run(world) {
    if (process.platform !== 'linux') return { notRun: 'which descriptors are whose is read from /proc' };
    const runs = await world.both({ program: 'descriptors.cjs', args: ['10'], env: { OWN: `${world.folder}/own` } });
    const [, first, second] = /closed (\d+)\n(?:.*\n)*closed (\d+) sizes/.exec(runs.traced.stdout) ?? [];
    return {
      measured: `${counted(runs.traced)}; ${first} descriptors were closed, then ${second}`,
      checks: {
        ...allHolds(runs),
        'descriptors were closed': first === '20' && second === '30',
        'its files are empty': / sizes( 0){30}\s*$/.test(runs.traced.stdout),
      },
    };
  },
};

export const allDescriptorsClosed: Scenario = {
  name: 'all-descriptors-closed',
  fault: 'the program closes all descriptors from 3 to 255, those of Node’s event loop too',
  promise: 'Node aborts as it does without us; the request before it is recorded.',
  tests: [],
  async run(world) {
    const log = `${world.folder}/events.jsonl`;
    const { plain, traced } = await world.both({
      program: 'descriptors.cjs',
      args: ['10', 'all'],
      env: { OWN: `${world.folder}/own` },
      options: ['--log-file', log],
      gate: ({ isTraced }) => isTraced && whenRead(log, 1),
    });
    // A thread of Node aborts the process as soon as it looks at its descriptor: what is printed until then differs.
    const [short = '', long = ''] = [plain.stdout, traced.stdout].sort((a, b) => a.length - b.length);
    const before = traced.trace?.requests.filter((r) => r.url?.endsWith('/before') && r.outcome === 'complete') ?? [];
    const first = traced.arrived.filter((one) => one.endsWith('/before'));
    return {
      measured: `exit code ${plain.code} without, ${traced.code} with; ${before.length} of ${first.length} requests before it recorded`,
      checks: {
        'same exit code': traced.code === plain.code,
        'Node aborts without us': plain.code === 134,
        'same stdout until then': short !== '' && long.startsWith(short),
        'the same requests arrived': traced.arrived.join() === plain.arrived.join(),
        'the request before it is recorded': before.length === 1 && first.length === 1,
        ...soundTrace(traced.trace),
      },
    };
  },
};
