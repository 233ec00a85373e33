/**
 * Watches the messages of the JavaScript debugger's sessions that are ours. VS Code hands a message over before it is
 * sent on, so changing it in place takes effect: that is how a restart gets the environment of a new run, and how the
 * hook's own frames are drawn back in the call stack. Neither is documented; the end-to-end tests pin both.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { Log } from '../log';
import { nodeDebugType, rootOf, traceIdOf } from './marker';
import type { Tracer } from './tracer';

const hookFile = /[\\/]nettrace-hook-[0-9a-f]+[\\/][^\\/]+$/;
/** Makes the hook write what it holds back until the end of the tick: at a stop the tick does not end. */
const flush = "globalThis[Symbol.for('nettrace.hook')]?.flush()";

export interface TrackerEvents {
  /** The debugger attached to a process. */
  attached(session: vscode.DebugSession): void;
  /** A root session ends. */
  ending(session: vscode.DebugSession): void;
}

export function registerTracker(tracer: Tracer, events: TrackerEvents, log: Log): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory(nodeDebugType, {
    createDebugAdapterTracker: (session) => {
      if (traceIdOf(session) === undefined) return undefined;
      return rootOf(session) === session
        ? rootTracker(session, tracer, events, log)
        : leafTracker(session, tracer, events, log);
    },
  });
}

function rootTracker(
  session: vscode.DebugSession,
  tracer: Tracer,
  events: TrackerEvents,
  log: Log,
): vscode.DebugAdapterTracker {
  return {
    onWillStartSession: () => tracer.started(session),
    onWillReceiveMessage: (message: DebugProtocol.Request) => {
      if (message.command !== 'restart') return;
      log.info(`restart of ${session.name}`);
      tracer.restarting(session, message.arguments?.arguments);
    },
    onWillStopSession: () => events.ending(session),
  };
}

function leafTracker(
  session: vscode.DebugSession,
  tracer: Tracer,
  events: TrackerEvents,
  log: Log,
): vscode.DebugAdapterTracker {
  return {
    onWillStartSession: () => {
      tracer.leafStarted(session);
      events.attached(session);
    },
    onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => {
      if (isStop(message)) void flushOf(session, tracer, log);
      else if (isStack(message)) drawBack(message.body.stackFrames);
    },
  };
}

const isStop = (m: DebugProtocol.ProtocolMessage): boolean =>
  m.type === 'event' && (m as DebugProtocol.Event).event === 'stopped';

const isStack = (m: DebugProtocol.ProtocolMessage): m is DebugProtocol.StackTraceResponse =>
  m.type === 'response' &&
  (m as DebugProtocol.Response).command === 'stackTrace' &&
  (m as DebugProtocol.Response).success;

async function flushOf(session: vscode.DebugSession, tracer: Tracer, log: Log): Promise<void> {
  try {
    await session.customRequest('evaluate', { expression: flush, context: 'watch' });
  } catch (error) {
    // The program ran on meanwhile, or has ended.
    log.debug(`flush at a stop: ${String(error)}`);
  }
  await tracer.runOf(session)?.recorder.poll();
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
