/**
 * `--metrics`: the figures in Prometheus' text format, by prom-client. A bundle of its own (dist/metrics.cjs), loaded when
 * the option is used. Labels come from the program (hosts, methods, codes), so their number is bounded: what is beyond
 * is counted under `other`, and said by a counter of its own.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Facts, RequestFacts } from './facts';
import { LabelSets } from './labels';
import type { Taken, Target } from './sink';
import type { Snapshot } from './snapshot';

/** In seconds: from a cached answer on the same machine to a request that waits for its timeout. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Series of one metric. */
const maxSets = 500;
/** Hosts that have histograms of their own. */
const maxHosts = 100;

export interface Metrics extends Target<Facts> {
  readonly contentType: string;
  text(): Promise<string>;
}

export function createMetrics(snapshot: () => Snapshot): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `nettrace_${name}`, help, labelNames: [...labelNames], registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Histogram({ name: `nettrace_${name}`, help, labelNames: [...labelNames], buckets, registers });

  const requests = counter('requests_total', 'Requests that ended, by host of the URL, method, status and outcome.', [
    'host',
    'method',
    'status',
    'outcome',
  ]);
  const errors = counter('request_errors_total', 'Requests that failed, by phase and error code.', ['phase', 'code']);
  const durations = histogram('request_duration_seconds', 'Time of whole requests, from the call to the last byte.', [
    'host',
  ]);
  const phases = histogram('request_phase_duration_seconds', 'Time of each phase of requests that had it.', ['phase']);
  const sent = counter('request_sent_bytes_total', 'Payload bytes sent for requests, where their share is known.', [
    'host',
  ]);
  const received = counter('request_received_bytes_total', 'Payload bytes received for requests, where known.', [
    'host',
  ]);
  const closed = counter('connections_closed_total', 'Connections that closed, by who closed them.', ['by']);
  const overflow = counter('label_overflow_total', 'Samples counted under the label value "other", by metric.', [
    'metric',
  ]);
  registerSnapshot(registry, snapshot);

  const inRequests = new LabelSets<'host' | 'method' | 'status' | 'outcome'>(maxSets, () =>
    overflow.inc({ metric: 'requests_total' }),
  );
  const inErrors = new LabelSets<'phase' | 'code'>(maxSets, () => overflow.inc({ metric: 'request_errors_total' }));
  const inClosed = new LabelSets<'by'>(16, () => overflow.inc({ metric: 'connections_closed_total' }));
  const hosts = new LabelSets<'host'>(maxHosts, () => overflow.inc({ metric: 'host' }));

  const observe = (f: RequestFacts): void => {
    const { host } = hosts.of({ host: f.server });
    const { method, outcome } = f;
    requests.inc(inRequests.of({ host, method, status: f.status === undefined ? 'none' : String(f.status), outcome }));
    if (outcome === 'failed')
      errors.inc(inErrors.of({ phase: f.error?.phase ?? 'unknown', code: f.error?.code ?? 'unknown' }));
    if (f.duration !== undefined) durations.observe({ host }, f.duration / 1e6);
    for (const [phase, us] of Object.entries(f.phases ?? {})) phases.observe({ phase }, us / 1e6);
    if (f.bytesSent !== undefined) sent.inc({ host }, f.bytesSent);
    if (f.bytesReceived !== undefined) received.inc({ host }, f.bytesReceived);
  };

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    take(items): Taken {
      for (const f of items) {
        if (f.event === 'request') observe(f);
        else closed.inc(inClosed.of({ by: f.closedBy ?? 'unknown' }));
      }
      return { bytes: 0, lost: 0 };
    },
    close() {},
  };
}

/** What is read when it is asked for: counts of the trace, and the tracer's own figures. */
function registerSnapshot(registry: Registry, snapshot: () => Snapshot): void {
  const registers = [registry];
  const totals: [name: string, help: string, value: (s: Snapshot) => number][] = [
    ['requests_started_total', 'Requests that began and are traced.', (s) => s.counts.requests],
    ['requests_counted_total', 'Requests that are counted only, without detail (--sample).', (s) => s.counts.counted],
    ['requests_untraced_total', 'Requests that matched no trace rule.', (s) => s.counts.untraced],
    ['connections_total', 'Connections that were made or tried.', (s) => s.counts.connections],
    ['connection_reuses_total', 'Requests on a connection that had carried one before.', (s) => s.counts.reuses],
    ['lookups_total', 'DNS lookups.', (s) => s.counts.lookups],
    ['spool_lines_total', 'Event lines read from the traced programs.', (s) => s.self.lines],
    ['spool_read_bytes_total', 'Bytes read from the spool.', (s) => s.self.bytes],
    ['dropped_total', 'Records that the hook dropped.', (s) => s.self.dropped],
    [
      'evicted_total',
      'Records that left the trace (--max-requests); they are counted here all the same.',
      (s) => s.self.evicted,
    ],
    ['lost_total', 'Lines and records lost otherwise.', (s) => s.self.lost],
    ['polls_total', 'Reads of the spool.', (s) => s.self.polls],
    ['long_polls_total', 'Reads of the spool that took over 80 % of their period.', (s) => s.self.longPolls],
    ['behind_total', 'Times that the host was behind the programs for over a second.', (s) => s.self.behind],
  ];
  for (const [name, help, value] of totals)
    new Counter({
      name: `nettrace_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(snapshot()));
      },
    });

  const gauges: [name: string, help: string, value: (s: Snapshot) => number | undefined][] = [
    ['requests_running', 'Requests that have not ended.', (s) => s.counts.running],
    ['host_lag_seconds', 'From the end of the newest request to its record.', (s) => seconds(s.self.lag)],
    ['host_lag_max_seconds', 'The greatest of these times.', (s) => seconds(s.self.maxLag)],
    [
      'poll_duration_max_seconds',
      'The longest read of the spool, from when it was due.',
      (s) => seconds(s.self.maxPoll),
    ],
    [
      'hook_seconds_per_request',
      'Time in the hook’s own code for a request, measured in the programs over some of them.',
      ({ self: { hookCost: c } }) => (c && c.requests > 0 ? seconds(c.handlers / c.requests) : undefined),
    ],
    ['hook_start_seconds', 'The longest start of the hook in a program.', (s) => seconds(s.self.hookCost?.start)],
  ];
  for (const [name, help, value] of gauges)
    new Gauge({
      name: `nettrace_${name}`,
      help,
      registers,
      collect() {
        const now = value(snapshot());
        // Unknown is absent, not 0.
        if (now === undefined) this.remove();
        else this.set(now);
      },
    });

  const sinks: [name: string, help: string, value: 'sent' | 'lost' | 'late' | 'bytes'][] = [
    ['sink_sent_total', 'Records handed over.', 'sent'],
    ['sink_lost_total', 'Records that could not be handed over.', 'lost'],
    ['sink_late_total', 'Records handed over more than a second after they were known.', 'late'],
    ['sink_sent_bytes_total', 'Payload bytes handed over.', 'bytes'],
  ];
  for (const [name, help, field] of sinks)
    new Counter({
      name: `nettrace_${name}`,
      help,
      labelNames: ['sink'],
      registers,
      collect() {
        this.reset();
        for (const { sink, counts } of snapshot().sinks) this.inc({ sink }, counts[field]);
      },
    });

  new Gauge({
    name: 'nettrace_trace_info',
    help: 'The trace: its id, and the version of Net Trace. Always 1.',
    labelNames: ['trace', 'version'],
    registers,
    collect() {
      const { trace, version } = snapshot();
      this.set({ trace, version }, 1);
    },
  });
}

const seconds = (us: number | undefined): number | undefined => (us === undefined ? undefined : us / 1e6);
