/**
 * Network breakpoints in the debugger's own views: the messages of its sessions are changed in place, which VS Code takes
 * over though it is not documented; the end-to-end tests pin it. Without it (the setting, or should it ever end) they
 * stop all the same, and are set in our own view.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { nodeDebugType, rootOf, traceIdOf } from '../debug/launch/marker';
import type { Run } from '../runs/run';
import type { Log } from '../support/log';
import { filtersOf, putBack, type TakenOut, takeOut } from './filters';
import type { BreakpointList } from './list';
import { StopView } from './stops';
import { stopsIn } from './tail';

const stopped = "globalThis[Symbol.for('nettrace.hook')]?.stopped";

export interface BreakpointTrackerHost {
  /** The setting. */
  isOn(): boolean;
  runOf(session: vscode.DebugSession): Run | undefined;
}

export function registerBreakpointTracker(
  list: BreakpointList,
  host: BreakpointTrackerHost,
  log: Log,
): vscode.Disposable {
  /** Stops that a session has shown. */
  const claimed = new Set<string>();
  return vscode.debug.registerDebugAdapterTrackerFactory(nodeDebugType, {
    createDebugAdapterTracker: (session) => {
      if (traceIdOf(session) === undefined || !host.isOn()) return undefined;
      const filters = new FilterMessages(list);
      const stops = rootOf(session) === session ? undefined : new StopView(stopHost(session, list, host, claimed, log));
      return {
        onWillReceiveMessage: (message: DebugProtocol.Request) => {
          filters.asked(message);
          stops?.asked(message);
        },
        onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => {
          filters.onResponse(message);
          stops?.onResponse(message);
        },
      };
    },
  });
}

function stopHost(
  session: vscode.DebugSession,
  list: BreakpointList,
  host: BreakpointTrackerHost,
  claimed: Set<string>,
  log: Log,
) {
  return {
    lastHit: () => {
      const folder = host.runOf(session)?.recorder.spoolFolder;
      const hit = folder === undefined ? undefined : stopsIn(folder).find((one) => !claimed.has(one.key));
      if (hit) claimed.add(hit.key);
      return hit;
    },
    kindOf: (id: string) => list.get(id)?.kind,
    record: async () => {
      try {
        const reply = await session.customRequest('evaluate', { expression: stopped, context: 'watch' });
        const reference: unknown = reply?.variablesReference;
        return typeof reference === 'number' && reference > 0 ? reference : undefined;
      } catch (error) {
        // The program has continued.
        log.debug(`record at a stop: ${String(error)}`);
        return undefined;
      }
    },
  };
}

/** Our filters among those of one session. */
class FilterMessages {
  /** Ids that the session was given. */
  #offered: ReadonlySet<string> = new Set();
  readonly #taken = new Map<number, TakenOut>();

  readonly #list: BreakpointList;

  constructor(list: BreakpointList) {
    this.#list = list;
  }

  asked(message: DebugProtocol.Request): void {
    if (message.command !== 'setExceptionBreakpoints') return;
    this.#taken.set(message.seq, takeOut(message.arguments, this.#list, this.#offered));
  }

  onResponse(message: DebugProtocol.ProtocolMessage): void {
    const response = message as DebugProtocol.Response;
    if (message.type !== 'response') return;
    if (response.command === 'initialize' && response.success) {
      const capabilities: DebugProtocol.Capabilities = response.body ?? {};
      response.body = capabilities;
      capabilities.exceptionBreakpointFilters = [
        ...(capabilities.exceptionBreakpointFilters ?? []),
        ...filtersOf(this.#list),
      ];
      capabilities.supportsExceptionFilterOptions = true;
      this.#offered = new Set(this.#list.all().map((b) => b.id));
    }
    const taken = this.#taken.get(response.request_seq);
    if (response.command !== 'setExceptionBreakpoints' || !taken) return;
    this.#taken.delete(response.request_seq);
    if (response.success) putBack(response, taken);
  }
}
