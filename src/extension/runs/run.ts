/** One run: one start of a program under a root debug session, live or ended. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { withFindings } from '../../analysis/document';
import type { Spill } from '../../formats';
import { withoutControls } from '../../model/base/quoting';
import { numberText, plural, timeText } from '../../model/base/text';
import { commandOf, untracedIn, untracedText } from '../../model/facts/untraced';
import type { PanelMessage, Run as RunInfo } from '../../model/panel/protocol';
import type { Trace } from '../../model/records';
import { baseName, threadLabel } from '../../model/rows/row';
import { faultText } from '../../model/store/faults';
import { isThinned, unkept } from '../../model/store/losses';
import type { Store } from '../../model/store/store';
import { tracedOf } from '../../model/store/traced';
import { firstProcessAt, RunRows } from '../rows/rows';
import { endMessage, endOf } from './end';
import { ErrorLine } from './errorLine';
import type { Recorder } from './recorder';

export interface Problem {
  /** What happened, and what to do: one or two sentences. */
  text: string;
}

export class Run {
  readonly rows: RunRows;
  /** µs from the trace's begin to that of the first process; absent before there is one. */
  #startAt?: number;
  /** CLOCK_MONOTONIC at the run's zero, ns. */
  readonly beginNs: bigint;
  state: RunInfo['state'] = 'running';
  /** µs on the axis; absent while it runs. */
  endAt?: number;
  /** Why nothing is recorded. */
  problem?: Problem;
  /** What is said with it, besides what it is itself. */
  readonly notices: string[] = [];
  readonly #error = new ErrorLine();
  /** The program ran before it was traced, and may go on after. */
  attached = false;

  /** Another run goes on: the distance to it is real and stays. */
  readonly #beside: boolean;

  constructor(
    readonly number: number,
    readonly title: string,
    readonly recorder: Recorder,
    /** Offset of the run on the axis. */
    place: number,
    beside: boolean,
    /** The user sent its requests: they are counted nowhere as a program's. */
    readonly sentByYou = false,
  ) {
    this.#beside = beside;

    this.beginNs = BigInt(recorder.store.header.beginMonotonicNs ?? process.hrtime.bigint());
    this.rows = new RunRows(recorder.store, number, place, sentByYou);
  }

  get store(): Store {
    return this.recorder.store;
  }

  /** µs from the trace's begin to the panel's axis. */
  get offset(): number {
    return this.rows.offset;
  }

  /** The run's place on the axis is that of its first process: what the debugger does before it is left out. */
  settle(): void {
    if (this.#startAt !== undefined) return;
    const startAt = firstProcessAt(this.store);
    if (startAt === undefined) return;
    this.#startAt = startAt;
    if (this.#beside) this.rows.began += startAt;
    else this.rows.offset -= startAt;
  }

  /** What the program wrote to its standard error that says why it failed; undefined: nothing. */
  get errorLine(): string | undefined {
    return this.#error.line;
  }

  /** True if the message was output, and says more than what was known. */
  wrote(message: DebugProtocol.ProtocolMessage): boolean {
    return this.#error.take(message);
  }

  /** The program ended with an error before it made a request that was traced. */
  get failedEarly(): boolean {
    const { exitCode = 0 } = this.store.rootProcess() ?? {};
    return this.state !== 'running' && exitCode !== 0 && this.store.counts.requests === 0;
  }

  /** µs since the first process began. */
  age(): number {
    return this.elapsed() - (this.#startAt ?? 0);
  }

  /** Stops of the debugger are recorded from now on. */
  debuggerAttached(): void {
    const known = this.store.header.sources.find((s) => s.name === 'debugger');
    if (known?.state !== 'on') this.store.setSource({ name: 'debugger', state: 'on', fromAt: this.elapsed() });
  }

  /** µs since the run began: now, or its end. */
  elapsed(): number {
    if (this.endAt !== undefined) return this.endAt - this.offset;
    return Number((process.hrtime.bigint() - this.beginNs) / 1000n);
  }

  /** For saving and for keeping: the trace so far, with its findings. */
  document(): Trace {
    return withFindings(this.recorder.document(), this.store, this.elapsed());
  }

  info(withEnd: boolean): RunInfo {
    const root = this.store.rootProcess();
    const info: RunInfo = {
      number: this.number,
      title: this.title,
      beginTime: this.store.header.beginTime,
      state: this.state,
      offset: this.offset,
      began: this.rows.began,
      processes: [...this.store.processes.values()].map((p) => ({
        pid: p.pid,
        label: p.threads[0] ? threadLabel(this.store, p.threads[0].id).label : baseName(p.entry ?? 'node'),
      })),
    };
    const program = root?.entry === undefined ? undefined : baseName(root.entry);
    if (program !== undefined && !this.sentByYou && !/^(npm|npx|yarn|pnpm)(-cli)?(\.[cm]?js)?$/.test(program))
      info.program = program;
    if (captures(this.store)) info.captured = true;
    if (this.sentByYou) info.sentByYou = true;
    if (this.endAt !== undefined) info.endAt = this.endAt;
    const traced = tracedOf(this.store);
    if (traced !== undefined) info.traced = traced;
    if (this.store.counts.untraced) info.untraced = this.store.counts.untraced;
    if (this.rows.cleared) info.cleared = true;
    if (this.failedEarly && this.errorLine !== undefined) info.errorLine = this.errorLine;
    Object.assign(info, endOf(this.store, this.endAt !== undefined));
    if (this.store.pauses.length > 0) info.pauses = pausesOn(this.store, this.offset);
    const [message, ...more] = this.#messages(withEnd);
    if (message) info.message = message;
    if (more.length > 0) info.moreMessages = more;
    return info;
  }

  /** The one that matters most first: nothing recorded, a part of the hook off, parts lost, ended. */
  #messages(withEnd: boolean): PanelMessage[] {
    // A program that reports after all has none.
    if (this.problem && this.store.processes.size === 0) return [{ kind: 'hook', text: this.problem.text }];
    const { evicted } = this.recorder;
    const messages = lossMessages(this.store, this.endAt !== undefined, evicted);
    const dropped = messages.some((m) => m.kind === 'dropped');
    if (withEnd && this.endAt !== undefined && !dropped) messages.push(endMessage(this));
    const onDisk = evicted?.held('requests') ?? 0;
    if (onDisk > 0) messages.push(onDiskMessage(onDisk));
    if (this.notices.length > 0) messages.push({ kind: 'notice', text: this.notices.join(' ') });
    const helper = helperMessage(this.store);
    return helper ? [...messages, helper] : messages;
  }
}

const captures = ({ header }: Store): boolean =>
  (header.captures?.length ?? 0) > 0 ||
  header.sources.some((s) => s.name === 'capture' && (s.state === 'on' || s.state === 'partial'));

/** Times in the debugger on the panel's axis. */
export function pausesOn(store: Store, offset: number): NonNullable<RunInfo['pauses']> {
  return store.pauses.map(({ beginAt, endAt, thread, process }) => ({
    beginAt: beginAt + offset,
    ...(endAt === undefined ? {} : { endAt: endAt + offset }),
    ...(thread === undefined ? {} : { thread }),
    ...(process === undefined ? {} : { process }),
  }));
}

/** The helper was wanted and is not there: said once, as the page closes it for good. Other platforms have none. */
function helperMessage(store: Store): PanelMessage | undefined {
  const figures = store.header.sources.find((s) => s.name === 'inetDiag');
  if (figures?.state !== 'unavailable') return undefined;
  const action = { title: 'Why…', command: 'enableKernel' } as const;
  const rest = 'Everything else works.';
  if (figures.reason === 'noHelper')
    return { kind: 'helper', text: `No kernel statistics: there is no helper for this machine. ${rest}`, action };
  if (figures.reason !== 'fault') return undefined;
  return {
    kind: 'helper',
    text: `No kernel statistics: ${figures.detail ?? 'the helper failed.'} ${rest}`,
    action,
  };
}

/** What the trace lacks: parts of the hook that are off, records lost or evicted, processes without the hook. */
export function lossMessages(store: Store, isOver = true, evicted?: Spill): PanelMessage[] {
  const off = faultText(store);
  const dropped = droppedText(store, evicted);
  const untraced = notTracedText(store, isOver);
  return [
    ...(off === undefined ? [] : [{ kind: 'hook' as const, text: off }]),
    ...(dropped === undefined ? [] : [{ kind: 'dropped' as const, text: dropped }]),
    ...(untraced === undefined ? [] : [{ kind: 'untraced' as const, text: untraced }]),
  ];
}

/** The first child without the hook, and how many more. While the run goes on, what may still load it is not named. */
function notTracedText(store: Store, isOver: boolean): string | undefined {
  const [first, ...more] = untracedIn(store).filter((one) => isOver || one.why === 'cleared');
  if (first === undefined) return undefined;
  const text = untracedText(first, withoutControls(commandOf(first)).slice(0, 100));
  return `${text.replace(/^n/, 'N')}${more.length > 0 ? ` ${plural(more.length, 'more process', 'more processes')} of the run ${more.length === 1 ? 'is' : 'are'} not traced.` : ''}`;
}

/** Requests that left the list for the disk: nothing is lost, but the list does not show them. */
function onDiskMessage(requests: number): PanelMessage {
  const oldest = requests === 1 ? 'oldest is' : `${numberText(requests)} oldest are`;
  return {
    kind: 'onDisk',
    text: `The list keeps the newest requests. The ${oldest} on the disk: a saved .nettrace.json or .nettrace.db has all.`,
    action: { title: 'Save…', command: 'save' },
  };
}

/** What was lost or evicted, from when to when, why; undefined: nothing. */
function droppedText(store: Store, evicted: Spill | undefined): string | undefined {
  const all = store.losses.filter((l) => !isThinned(l));
  const parts = unkept(all, (list) => evicted?.held(list) ?? 0).map((l) => {
    const because = evicted?.error === undefined ? '' : ` (the disk took no more of them: ${evicted.error})`;
    const what =
      l.kind === 'evicted'
        ? `${l.count} oldest requests were dropped to keep memory bounded${because}`
        : `${l.count} ${l.what} were lost`;
    const span =
      l.beginAt !== undefined && l.endAt !== undefined ? ` (${timeText(l.beginAt)} to ${timeText(l.endAt)})` : '';
    return `${what}${span}${l.reason === undefined ? '' : `: ${l.reason}`}`;
  });
  return parts.length === 0 ? undefined : `${parts.join('; ')}. Counts stay exact.`;
}
