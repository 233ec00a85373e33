/**
 * Watches the messages of the JavaScript debugger's sessions that are ours. VS Code hands a message over before it is
 * sent on, so changing it in place takes effect: that is how a restart gets the environment of a new run, and how the
 * hook's own frames are drawn back in the call stack. Neither is documented; the end-to-end tests pin both.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { threadIdOf } from '../../model/base/ids';
import { NetConsole } from '../console/console';
import { RunSource } from '../console/source';
import { type PauseHost, PauseWatch } from '../runs/pauses';
import type { Run } from '../runs/run';
import type { Log } from '../support/log';
import type { Attacher } from './attach/attacher';
import { nodeDebugType, rootOf, traceIdOf } from './launch/marker';
import type { Leaves } from './leaves';
import type { Tracer } from './tracer';

const hookFile = /[\\/]nettrace-hook-[0-9a-f]+[\\/][^\\/]+$/;
/** Makes the hook write what it holds back until the end of the tick, which at a stop does not end; and say who it is. */
const flush = "(h => (h?.flush(), h?.thread))(globalThis[Symbol.for('nettrace.hook')])";

export interface TrackerEvents {
  /** The debugger attached to a process. */
  attached(session: vscode.DebugSession): void;
  /** The user stops a run, or starts it again; not said where the program ended by itself. */
  stopped(run: Run): void;
  /** A root session ends. */
  ending(session: vscode.DebugSession): void;
  /** Where the pauses of a run's thread go. */
  pauses(run: Run): PauseHost;
  /** A message of one of its sessions, which may be output. */
  wrote(run: Run, message: DebugProtocol.ProtocolMessage): void;
  /** Kept here. */
  readonly leaves: Leaves;
  /** Reported of the sessions of all processes, traced or not: they may be attached to later. */
  readonly attacher: Attacher;
}

export function registerTracker(tracer: Tracer, events: TrackerEvents, log: Log): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory(nodeDebugType, {
    createDebugAdapterTracker: (session) => {
      if (rootOf(session) !== session) return leafTracker(session, tracer, events, log);
      return traceIdOf(session) === undefined
        ? lateTracker(session, events)
        : rootTracker(session, tracer, events, log);
    },
  });
}

/** Asked for by the user, as long as the program has not ended; after that VS Code asks for `disconnect` by itself. */
const stops: ReadonlySet<string> = new Set(['restart', 'terminate', 'disconnect']);

function rootTracker(
  session: vscode.DebugSession,
  tracer: Tracer,
  events: TrackerEvents,
  log: Log,
): vscode.DebugAdapterTracker {
  let over = false;
  return {
    onWillStartSession: () => tracer.started(session),
    onWillReceiveMessage: (message: DebugProtocol.Request) => {
      const run = tracer.runOf(session);
      if (run && !over && stops.has(message.command)) events.stopped(run);
      if (message.command !== 'restart') return;
      log.info(`restart of ${session.name}`);
      tracer.restarting(session, message.arguments?.arguments);
    },
    onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => {
      const run = tracer.runOf(session);
      if (run) events.wrote(run, message);
      if (message.type === 'event' && (message as DebugProtocol.Event).event === 'terminated') over = true;
    },
    onWillStopSession: () => events.ending(session),
  };
}

/** Of a root that was not started by us, and may be attached to while it runs. */
function lateTracker(session: vscode.DebugSession, events: TrackerEvents): vscode.DebugAdapterTracker {
  return { onWillStopSession: () => events.ending(session) };
}

function leafTracker(
  session: vscode.DebugSession,
  tracer: Tracer,
  events: TrackerEvents,
  log: Log,
): vscode.DebugAdapterTracker {
  let pauses: PauseWatch | undefined;
  let net: NetConsole | undefined;
  let run: Run | undefined;
  let over = false;
  const leave = () => {
    if (!run) return;
    run = undefined;
    pauses?.ended();
    pauses = undefined;
    net = undefined;
    events.leaves.delete(session);
  };
  const ended = () => {
    over = true;
    leave();
    events.attacher.leafEnded(session);
  };
  /** The run that it belongs to: one may come, and go, while the session lives. A restart's belongs to the next process. */
  const follow = () => {
    if (over || run?.state === 'running') return;
    leave();
    if (!tracer.runOf(session)) return;
    run = tracer.leafStarted(session);
    if (!run) return;
    pauses = new PauseWatch(events.pauses(run));
    net = new NetConsole(new RunSource(run));
    events.leaves.add(session, run);
    events.attached(session);
  };
  return {
    onWillStartSession: follow,
    onWillReceiveMessage: (message: DebugProtocol.Request) => {
      follow();
      pauses?.asked(message.command);
      net?.asked(message);
    },
    onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => {
      if (isReady(message)) events.attacher.leafStarted(session);
      follow();
      if (!run) return;
      net?.onResponse(message);
      events.wrote(run, message);
      const stop = stopOf(message);
      if (stop) {
        pauses?.stopped(stop.body?.reason);
        void flushOf(session, tracer, log).then((reply) => reply && pauses?.known(reply.thread, reply.roundTrip));
      } else if (isContinue(message)) pauses?.continued();
      else if (isStack(message)) drawBack(message.body.stackFrames);
    },
    onWillStopSession: ended,
    onExit: ended,
  };
}

const stopOf = (m: DebugProtocol.ProtocolMessage): DebugProtocol.StoppedEvent | undefined =>
  m.type === 'event' && (m as DebugProtocol.Event).event === 'stopped' ? (m as DebugProtocol.StoppedEvent) : undefined;

/** The process can be asked from here on. */
const isReady = (m: DebugProtocol.ProtocolMessage): boolean => {
  const { command, success } = m as DebugProtocol.Response;
  return m.type === 'response' && success && (command === 'attach' || command === 'launch');
};

const isContinue = (m: DebugProtocol.ProtocolMessage): boolean =>
  m.type === 'event' && (m as DebugProtocol.Event).event === 'continued';

const isStack = (m: DebugProtocol.ProtocolMessage): m is DebugProtocol.StackTraceResponse =>
  m.type === 'response' &&
  (m as DebugProtocol.Response).command === 'stackTrace' &&
  (m as DebugProtocol.Response).success;

/** The thread's id in the trace, if the hook is there, and how long the question took (µs). */
async function flushOf(
  session: vscode.DebugSession,
  tracer: Tracer,
  log: Log,
): Promise<{ thread: string | undefined; roundTrip: number } | undefined> {
  const run = tracer.runOf(session);
  const begin = performance.now();
  let named: RegExpExecArray | null = null;
  let end = begin;
  try {
    const response = await session.customRequest('evaluate', { expression: flush, context: 'watch' });
    end = performance.now();
    named = /(?<!\d)(\d+)-(\d+)/.exec(String(response?.result));
  } catch (error) {
    // The program has continued, or ended.
    log.debug(`flush at a stop: ${String(error)}`);
    end = performance.now();
  }
  await run?.recorder.poll();
  if (!run) return undefined;
  const process = named && [...run.store.processes.values()].findLast((p) => p.pid === Number(named[1]));
  return {
    thread: process ? threadIdOf(process.id, Number(named?.[2])) : undefined,
    roundTrip: (end - begin) * 1000,
  };
}

/** The hook's frames are not the user's business: folded away, never selected. */
function drawBack(frames: DebugProtocol.StackFrame[] | undefined): void {
  for (const frame of frames ?? []) {
    if (!frame.source?.path || !hookFile.test(frame.source.path)) continue;
    frame.presentationHint = 'subtle';
    frame.source.presentationHint = 'deemphasize';
    frame.source.origin = 'Net Trace';
  }
}
