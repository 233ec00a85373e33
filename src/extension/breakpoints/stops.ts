/**
 * What a debugger shows while the program is paused at a network breakpoint: the reason, the user's line, the request
 * among the variables. The debugger's messages are changed in place. One object per debug session of a process.
 */
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { isEarly, type NetworkBreakpoint } from '../../model/lines/breakpoints';
import { networkReason } from '../runs/pauses';
import { pathOf } from '../support/paths';
import type { LastHit } from './tail';

/** Numbers that the debugger does not give itself. */
const ownFrame = 0x7eee_0001;
const ownLabel = 0x7eee_0002;
const ownScope = 0x7eee_0003;

const stepsOut: ReadonlySet<string> = new Set(['next', 'stepIn']);
/** Requests after which the program may run. */
const goOn: ReadonlySet<string> = new Set([
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'restartFrame',
  'disconnect',
  'terminate',
]);

export interface StopHost {
  /** The hit that the program is paused at, if any. */
  lastHit(): LastHit | undefined;
  kindOf(id: string): NetworkBreakpoint['kind'] | undefined;
  /** Reference of the request's record in the program. */
  record(): Promise<number | undefined>;
}

interface Stop {
  hit: LastHit;
  /** The call that made the request is not on the stack: an added frame shows it. */
  shown: { file: string; line: number; column: number; function?: string } | undefined;
  topFrame: number | undefined;
  record: number | undefined;
}

export class StopView {
  #stop: Stop | undefined;
  /** Stack traces asked for at this stop, and whether from the top on. */
  readonly #asked = new Map<number, boolean>();

  readonly #host: StopHost;

  constructor(host: StopHost) {
    this.#host = host;
  }

  /** A request to the debugger is on its way. */
  asked(message: DebugProtocol.Request): void {
    const stop = this.#stop;
    if (!stop) return;
    const args = message.arguments as { frameId?: unknown; variablesReference?: unknown } | undefined;
    if (message.command === 'stackTrace') this.#stackAsked(message as DebugProtocol.StackTraceRequest, stop);
    if (args?.frameId === ownFrame || args?.frameId === ownLabel) args.frameId = stop.topFrame;
    if (args?.variablesReference === ownScope && stop.record !== undefined) args.variablesReference = stop.record;
    if (!goOn.has(message.command)) return;
    // From our script a step would lead through the hook's own; out of it is where the user looks.
    if (stepsOut.has(message.command)) message.command = 'stepOut';
    this.#stop = undefined;
  }

  #stackAsked({ seq, arguments: args }: DebugProtocol.StackTraceRequest, stop: Stop): void {
    const start = args.startFrame ?? 0;
    this.#asked.set(seq, start === 0);
    if (start > 0) args.startFrame = Math.max(0, start - (stop.shown ? 2 : 0));
    // The first frame alone is ours: the user's shall be there at once.
    else if (args.levels !== undefined && args.levels > 0 && args.levels < 20) args.levels = 20;
  }

  /** A message of the debugger is on its way. */
  onResponse(message: DebugProtocol.ProtocolMessage): void {
    if (message.type === 'event') {
      const event = message as DebugProtocol.Event;
      if (event.event === 'stopped') this.#stopped(event as DebugProtocol.StoppedEvent);
      else if (event.event === 'continued') this.#stop = undefined;
      return;
    }
    const response = message as DebugProtocol.Response;
    const stop = this.#stop;
    if (message.type !== 'response' || !stop || !response.success) return;
    if (response.command === 'stackTrace') this.#stack(response as DebugProtocol.StackTraceResponse, stop);
    else if (response.command === 'scopes') addScope(response as DebugProtocol.ScopesResponse);
  }

  #stopped({ body }: DebugProtocol.StoppedEvent): void {
    this.#stop = undefined;
    // An answer that belongs to the stop before comes too late.
    this.#asked.clear();
    // What `debugger;` brings; a breakpoint, a step or an exception has another reason.
    const hit = body.reason === 'pause' ? this.#host.lastHit() : undefined;
    if (!hit) return;
    const kind = this.#host.kindOf(hit.breakpoint);
    const early = kind !== undefined && isEarly(kind);
    const stop: Stop = {
      hit,
      shown: early ? undefined : placeOnDisk(hit.callSite),
      topFrame: undefined,
      record: undefined,
    };
    this.#stop = stop;
    body.reason = networkReason;
    body.description = `Network: ${hit.title ?? hit.breakpoint}`;
    body.text = hit.method === undefined ? body.description : `${body.description}: ${hit.method} ${hit.url ?? ''}`;
    void this.#host.record().then((reference) => {
      stop.record = reference;
    });
  }

  #stack(response: DebugProtocol.StackTraceResponse, stop: Stop): void {
    const fromTop = this.#asked.get(response.request_seq);
    if (fromTop === undefined) return;
    this.#asked.delete(response.request_seq);
    const { body } = response;
    if (body.totalFrames !== undefined) body.totalFrames += stop.shown ? 2 : 0;
    if (fromTop) stop.topFrame ??= body.stackFrames[0]?.id;
    if (!stop.shown) drawBackToUser(body.stackFrames);
    else if (fromTop) body.stackFrames = [...shownFrames(stop, stop.shown), ...body.stackFrames];
  }
}

/** With the path that an editor can open. */
function placeOnDisk(site: LastHit['callSite']): Stop['shown'] {
  const file = site && pathOf(site.file);
  return file === undefined ? undefined : { ...(site as NonNullable<typeof site>), file };
}

/** Node's frames and those of libraries between the stop and the user's call. */
function drawBackToUser(frames: readonly DebugProtocol.StackFrame[]): void {
  const user = frames.findIndex((f) => isUsers(f));
  for (const frame of frames.slice(0, Math.max(0, user))) {
    if (!frame.source || frame.presentationHint === 'label') continue;
    frame.presentationHint = 'subtle';
    frame.source.presentationHint = 'deemphasize';
  }
}

function isUsers({ source, presentationHint }: DebugProtocol.StackFrame): boolean {
  if (!source?.path || presentationHint === 'label') return false;
  const path = source.path.replaceAll('\\', '/');
  const others = path.startsWith('<node_internals>') || path.startsWith('node:') || path.includes('/node_modules/');
  return !others && !/\/nettrace-hook-[0-9a-f]+\/[^/]+$/.test(path);
}

/** The call that made the request, above what runs now. */
function shownFrames(stop: Stop, site: NonNullable<Stop['shown']>): DebugProtocol.StackFrame[] {
  const call: DebugProtocol.StackFrame = {
    id: ownFrame,
    name: `${site.function ?? '<anonymous>'} (made the request)`,
    line: site.line,
    column: site.column,
    source: { name: basename(site.file), path: site.file },
    canRestart: false,
  };
  const what = `${stop.hit.title ?? 'network breakpoint'}, found here:`;
  return [call, { id: ownLabel, name: what, line: 0, column: 0, presentationHint: 'label' }];
}

function addScope({ body }: DebugProtocol.ScopesResponse): void {
  body.scopes = [{ name: 'Request', variablesReference: ownScope, expensive: false }, ...body.scopes];
}
