import type { NodeVersion } from '../support/nodes';
import type { Row } from './compare';

interface Run {
  node: NodeVersion;
  delayMs: number;
  rows: readonly Row[];
}

const ms = (us: number) => (us / 1000).toFixed(3);

/** docs/accuracy.md. */
export function report(runs: readonly Run[]): string {
  const part = ({ node, delayMs, rows }: Run): string => {
    const lines = rows.map(
      (r) => `| ${r.client} | ${r.what} | ${r.count} | ${ms(r.p50)} | ${ms(r.p95)} | ${ms(r.max)} |`,
    );
    const way = delayMs === 0 ? 'loopback' : `through a proxy that adds ${2 * delayMs} ms to each round trip`;
    return `## Node ${node.version}, ${way}

| client | figure | requests | p50 ms | p95 ms | max ms |
|---|---|---|---|---|---|
${lines.join('\n')}
`;
  };
  return `# Accuracy

Written by \`node test/accuracy/run.mjs\`; do not edit.

Each figure of the trace against the packets that tcpdump saw of the same run, as the size of the difference. Each
request has a connection of its own; the server thinks for 15 ms, and pauses for 15 ms in the middle of its answer.
Phases are compared as durations, instants on the clock that both share (the kernel stamps a packet before the program
is woken, so an instant of ours is later by that much). The traced program runs at real-time priority where that is
allowed, so that other work of the machine does not count as an error. The packets' own stamps are exact to 1 µs.

${runs.map(part).join('\n')}`;
}
