import type { NodeVersion } from '../support/programs/nodes';
import { type Row, warmUp } from './compare';

interface Run {
  node: NodeVersion;
  delayMs: number;
  rows: readonly Row[];
}

const ms = (us: number) => (us / 1000).toFixed(3);

const wayOf = (delayMs: number) =>
  delayMs === 0 ? 'loopback' : `through a proxy that adds ${2 * delayMs} ms to each round trip`;

/** docs/accuracy.md. */
export function report(runs: readonly Run[]): string {
  const part = ({ node, delayMs, rows }: Run): string => {
    const lines = rows.map(
      (r) => `| ${r.client} | ${r.what} | ${r.count} | ${ms(r.p50)} | ${ms(r.p95)} | ${ms(r.max)} |`,
    );
    return `## Node ${node.version}, ${wayOf(delayMs)}

| client | figure | requests | p50 ms | p95 ms | max ms |
|---|---|---|---|---|---|
${lines.join('\n')}
`;
  };
  const late = runs.flatMap(({ node, delayMs, rows }) =>
    rows
      .filter((r) => r.p95 >= 1000)
      .map((r) => `- Node ${node.version}, ${wayOf(delayMs)}: ${r.client}, ${r.what}: ${ms(r.p95)} ms`),
  );
  return `# Accuracy

Written by \`node test/accuracy/run.mjs\`; do not edit.

Each figure of the trace against the packets that tcpdump saw of the same run, as the size of the difference. Each
request has its own connection; the server waits for 15 ms, and pauses for 15 ms in the middle of its answer.
Phases are compared as durations, instants on the clock that both share (the kernel stamps a packet before the program
is woken, so an instant of ours is later by that much). The traced program runs at real-time priority where that is
allowed, so that other work of the machine does not count as an error. The packets' own stamps are exact to 1 µs. A round
in which somebody set the machine's clock is run again.

The first ${warmUp} requests of each program are not counted: they run code that Node has yet to load and to compile, and there
the time between a packet and the program's callback is 1 to 6 ms. The trace shows that too, as it is time that
the request took; it is the program's, not the network's.

What the difference is made of, where nothing is cold:

- \`tcp\` begins when the program asks for the connection and ends when Node notifies the socket. On loopback the kernel
  answers within 0.03 ms; then the call that made the request runs to its end before Node polls its sockets again.
- \`tls\` begins with the end of \`tcp\`, 0.1 to 0.3 ms before the ClientHello is built and leaves; it ends when the socket
  is told to be secure. Node holds the Finished message back until it has checked the names of the peer's certificate.
- \`wait\` and \`download\` end when Node has parsed what the kernel has received.

p95 of 1 ms or more:

${late.length === 0 ? 'None.' : late.join('\n')}

${runs.map(part).join('\n')}`;
}
