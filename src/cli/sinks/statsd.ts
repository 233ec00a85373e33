/**
 * `--statsd`: counters, timers and gauges in StatsD's own form, `name:value|type`, several lines in a datagram. It has no
 * labels, so names are those of this file: no host, no path. Times are in ms, as StatsD has them.
 */
import type { HostFigures } from '../../session/hostGauge';
import type { Facts } from './facts';
import { maxPayload } from './udp';

const counter = (name: string, n = 1): string => `nettrace.${name}:${n}|c`;
const timer = (name: string, us: number): string => `nettrace.${name}:${Number((us / 1000).toFixed(3))}|ms`;
const gauge = (name: string, n: number): string => `nettrace.${name}:${n}|g`;

/** The lines of one record. */
export function statsdLines(f: Facts): string[] {
  const bytes = [
    ...(f.bytesSent ? [counter('bytes.sent', f.bytesSent)] : []),
    ...(f.bytesReceived ? [counter('bytes.received', f.bytesReceived)] : []),
  ];
  // Bytes of a connection are those of its requests.
  if (f.event === 'close') return [counter('connections.closed')];
  const status = f.status === undefined ? [] : [counter(`requests.status.${Math.trunc(f.status / 100)}xx`)];
  const phases = Object.entries(f.phases ?? {}).map(([name, us]) => timer(`phase.${name}`, us));
  const total = f.duration === undefined ? [] : [timer('request.duration', f.duration)];
  return [counter('requests'), counter(`requests.outcome.${f.outcome}`), ...status, ...total, ...phases, ...bytes];
}

/** Of the tracer itself. */
export const selfLines = (f: HostFigures): string[] => [
  ...(f.lag === undefined ? [] : [gauge('self.lag', Math.round(f.lag / 1000))]),
  gauge('self.long_polls', f.longPolls),
  gauge('self.dropped', f.dropped),
  gauge('self.evicted', f.evicted),
  gauge('self.lost', f.lost),
  ...(f.hookCost && f.hookCost.requests > 0
    ? [gauge('self.hook_us_per_request', Math.round(f.hookCost.handlers / f.hookCost.requests))]
    : []),
];

/** As many lines as fit in each; all of one item are in one. */
export function statsdDatagrams(items: readonly (readonly string[])[]): { bytes: Buffer; items: number }[] {
  const datagrams: { bytes: Buffer; items: number }[] = [];
  let text = '';
  let count = 0;
  const end = () => {
    if (count > 0) datagrams.push({ bytes: Buffer.from(text), items: count });
    text = '';
    count = 0;
  };
  for (const lines of items) {
    const more = `${lines.join('\n')}\n`;
    // All names and figures are ASCII.
    if (text.length + more.length > maxPayload) end();
    text += more;
    count++;
  }
  end();
  return datagrams;
}
