/**
 * The sinks of a run: what `--metrics`, `--statsd`, `--stream` and `--log-file` ask for. What can be wrong with them is
 * found before the program starts; after that nothing of them can hold it, slow it or change its exit code.
 */
import { hostname } from 'node:os';
import { producer } from '../../session/product';
import type { TraceSession } from '../../session/session';
import { complain, UsageError } from '../terminal/say';
import { addressOf, isLoopback, placeText, resolved } from './address';
import { listen } from './endpoint';
import { type Facts, FactsOf } from './facts';
import { Feed } from './feed';
import { logFile } from './logFile';
import { Sampled } from './sampled';
import { defaultLimits, Sink, type SinkCounts } from './sink';
import { countsOf } from './snapshot';
import { selfLines, statsdDatagrams, statsdLines } from './statsd';
import { StreamEncoder } from './stream';
import { maxPayload, udpTarget } from './udp';

export interface SinkOptions {
  metrics?: string;
  statsd?: string;
  stream?: string;
  streamSample?: number;
  logFile?: string;
  quiet?: boolean;
}

/** In the summary as JSON, in `sinks`. */
export type SinkReport = { sink: string; to: string } & SinkCounts;

export interface Sinks {
  /** Present with `--log-file`: takes a line. */
  log?: (line: string) => void;
  /** After the session has read all: hands over the rest, within some seconds. Never rejects. */
  finish(): Promise<SinkReport[]>;
}

/** Between two looks for what has ended. */
const interval = 250;
/** The end of a run waits this long for all sinks, at most. */
const finishMs = 2000;
/** Between two reports of the tracer itself by StatsD. */
const selfEvery = 40;

/** Adds one sink to what a session gives. */
type Begin = (run: Run) => void;

/** Undefined: none was asked for; else what begins them, best before the program starts. Throws UsageError. */
export async function sinksOf(o: SinkOptions): Promise<((session: TraceSession) => Sinks) | undefined> {
  const begins: Begin[] = [];
  if (o.statsd !== undefined) begins.push(await statsdOf(o.statsd));
  if (o.stream !== undefined) begins.push(await streamOf(o.stream, o.streamSample ?? 1));
  else if (o.streamSample !== undefined) throw new UsageError('--stream-sample: give --stream too.');
  if (o.logFile !== undefined) begins.push(await logOf(o.logFile));
  // Last, as it says where it listens.
  if (o.metrics !== undefined) begins.push(await metricsOf(o.metrics, o.quiet === true));
  if (begins.length === 0) return undefined;
  return (session) => {
    const run = new Run(session);
    for (const begin of begins) begin(run);
    run.start();
    return run;
  };
}

async function metricsOf(text: string, isQuiet: boolean): Promise<Begin> {
  const at = addressOf('--metrics', text, 'listen');
  const [{ createMetrics }, server] = await Promise.all([import('./prometheus'), listen(at)]);
  if (!isQuiet || at.port === 0) complain(`metrics at ${server.url}`);
  if (!isLoopback(at.host) && !isQuiet)
    complain('the metrics can be read by everyone who reaches this address; they name the hosts of requests.');
  return (run) => {
    const metrics = createMetrics(() => ({
      trace: run.session.id,
      version: producer.version,
      counts: countsOf(run.session.store),
      self: run.session.gauge.figures(),
      sinks: run.sinks.map(({ name, counts }) => ({ sink: name, counts })),
    }));
    server.serve(metrics);
    run.addRecords(new Sink<Facts>('metrics', server.url, { take: metrics.take, close: server.close }));
  };
}

async function statsdOf(text: string): Promise<Begin> {
  const place = addressOf('--statsd', text, 'send');
  const target = await udpTarget(await resolved('--statsd', place), statsdDatagrams);
  return (run) => {
    const sink = run.add(new Sink<readonly string[]>('statsd', placeText(place), target, defaultLimits, said));
    run.takers.push((facts, since) => sink.offer(statsdLines(facts), since));
    let looks = 0;
    run.looks.push((isLast) => {
      if (isLast || ++looks % selfEvery === 0) sink.offer(selfLines(run.session.gauge.figures()));
    });
  };
}

async function streamOf(text: string, oneIn: number): Promise<Begin> {
  const [, rest] = /^udp:\/\/([^/]+)\/?$/i.exec(text) ?? [];
  if (rest === undefined) throw new UsageError('--stream: use udp://HOST:PORT, such as udp://localhost:9125.');
  const place = addressOf('--stream', rest, 'send');
  const sampled = oneIn > 1 ? new Sampled(oneIn) : undefined;
  const encoder = new StreamEncoder(maxPayload, sampled);
  const target = await udpTarget(await resolved('--stream', place), encoder.datagrams, encoder.last);
  return (run) => {
    encoder.trace = run.session.id;
    const sink = new Sink<Facts>('stream', `udp://${placeText(place)}`, target, defaultLimits, said);
    run.addRecords(sink, (facts) => sampled?.takes(facts) ?? true);
  };
}

async function logOf(path: string): Promise<Begin> {
  const target = await logFile(path);
  return (run) => {
    const sink = run.add(new Sink<string>('log-file', path, target, { max: 100_000, batch: 512 }, said));
    run.log = (line) => {
      sink.offer(line);
      sink.flush();
    };
  };
}

/** Once for each sink; how many were lost is said at the end. */
const said = (sink: string, error: string): void => complain(`--${sink}: some records are lost: ${error}.`);

class Run implements Sinks {
  readonly sinks: Sink<never>[] = [];
  readonly takers: ((facts: Facts, since: number) => void)[] = [];
  readonly looks: ((isLast: boolean) => void)[] = [];
  log?: (line: string) => void;
  #feed: Feed | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly session: TraceSession) {}

  add<Item>(sink: Sink<Item>): Sink<Item> {
    this.sinks.push(sink as unknown as Sink<never>);
    return sink;
  }

  /** `takes`: whether a record is passed on; without it all are. */
  addRecords(sink: Sink<Facts>, takes: (facts: Facts) => boolean = () => true): void {
    this.add(sink);
    this.takers.push((facts, since) => {
      if (takes(facts)) sink.offer(facts, since);
    });
  }

  start(): void {
    const { store } = this.session;
    if (this.takers.length === 0) return;
    this.#feed = new Feed(store, new FactsOf(store, hostname()), (facts, since) => {
      for (const take of this.takers) take(facts, since);
    });
    this.#timer = setInterval(() => this.#look(), interval).unref();
  }

  #look(isLast = false): void {
    this.#feed?.look(isLast);
    for (const look of this.looks) look(isLast);
    for (const sink of this.sinks) sink.flush();
  }

  async finish(): Promise<SinkReport[]> {
    clearInterval(this.#timer);
    this.#look(true);
    this.#feed?.close();
    await Promise.all(this.sinks.map((s) => s.finish(finishMs)));
    return this.sinks.map(({ name, place, counts }) => ({ sink: name, to: place, ...counts }));
  }
}
