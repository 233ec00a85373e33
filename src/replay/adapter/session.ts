/**
 * The debug adapter: a saved trace as a debug session. Threads are the trace’s threads, the call stack is the chain of
 * calls of the request a thread is at, variables are the records as known at the position. Stepping moves the one position.
 */
import { readFileSync, statSync } from 'node:fs';
import { InitializedEvent, TerminatedEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Trace } from '../../model/records';
import { Replay } from '../position/replay';
import type { Rule } from '../position/stops';
import { eventText } from '../position/words';
import { capabilities } from './capabilities';
import { completionsAt, evaluate, hoverOf } from './console';
import { exceptionOf } from './exception';
import { SourceFiles } from './files';
import { linesOf } from './lineBreakpoints';
import { MovingSession, noTrace } from './moving';
import { type NetworkBreakpoints, PlainBreakpoints } from './networkBreakpoints';

export interface ReplayHost {
  /** Reads the trace. Throws an error with a message for the user. */
  load(path: string): Promise<Trace>;
  /** Folders in which sources of another machine are looked for, after those of the configuration. */
  roots: readonly string[];
  /** Absent: the replay has its own. */
  network?: NetworkBreakpoints;
}

/** The launch configuration; what a client adds is ignored. */
interface LaunchArguments extends DebugProtocol.LaunchRequestArguments {
  trace?: unknown;
  stopOnEntry?: unknown;
  sourceRoot?: unknown;
  pathMap?: unknown;
}

export class ReplaySession extends MovingSession {
  readonly #network: NetworkBreakpoints;
  readonly #watch: { dispose(): void };

  readonly #host: ReplayHost;

  constructor(host: ReplayHost) {
    super();
    this.#host = host;
    this.#network = host.network ?? new PlainBreakpoints();
    this.#watch = this.#network.onDidChange(() => this.#arm());
    this.setDebuggerLinesStartAt1(true);
    this.setDebuggerColumnsStartAt1(true);
  }

  protected override initializeRequest(response: DebugProtocol.InitializeResponse): void {
    response.body = { ...capabilities, exceptionBreakpointFilters: this.#network.filters() };
    this.sendResponse(response);
  }

  protected override async launchRequest(
    response: DebugProtocol.LaunchResponse,
    // Absent where the client has nothing to say.
    args: LaunchArguments = {},
  ): Promise<void> {
    let replay: Replay;
    let files: SourceFiles;
    try {
      if (typeof args.trace !== 'string' || args.trace === '')
        throw new Error('the configuration names no trace: set "trace" to a .nettrace.json, .har or .eve.json file.');
      const document = await this.#host.load(args.trace);
      const roots = [...texts(args.sourceRoot), ...this.#host.roots];
      replay = new Replay(document, { pathMap: mapOf(args.pathMap), roots, exists: isFile });
      files = new SourceFiles(replay);
      this.stopOnEntry = args.stopOnEntry !== false;
    } catch (e) {
      this.fail(response, e);
      return;
    }
    this.sendResponse(response);
    for (const text of files.introduction()) this.print(text, 'console');
    if (replay.isEmpty) {
      this.print('The trace has no event: there is nothing to step through.', 'important');
      this.sendEvent(new TerminatedEvent());
      return;
    }
    this.open = { replay, files };
    this.sendEvent(new InitializedEvent());
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.sendResponse(response);
    this.begin();
  }

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: this.open?.view?.threads() ?? [] };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(
    response: DebugProtocol.StackTraceResponse,
    args: DebugProtocol.StackTraceArguments,
  ): void {
    const frames = this.open?.view?.frames(args.threadId) ?? [];
    const from = args.startFrame ?? 0;
    const stackFrames = frames.slice(from, args.levels ? from + args.levels : undefined);
    response.body = { stackFrames, totalFrames: frames.length };
    this.sendResponse(response);
  }

  protected override scopesRequest(response: DebugProtocol.ScopesResponse, args: DebugProtocol.ScopesArguments): void {
    const { view } = this.open ?? {};
    response.body = {
      scopes: (view?.scopes(args.frameId) ?? []).map((s) => ({
        name: s.value === '' ? s.name : `${s.name}: ${s.value}`,
        variablesReference: view?.reference(s) ?? 0,
        expensive: false,
      })),
    };
    this.sendResponse(response);
  }

  protected override variablesRequest(
    response: DebugProtocol.VariablesResponse,
    args: DebugProtocol.VariablesArguments,
  ): void {
    response.body = { variables: this.open?.view?.variables(args) ?? [] };
    this.sendResponse(response);
  }

  protected override evaluateRequest(
    response: DebugProtocol.EvaluateResponse,
    args: DebugProtocol.EvaluateArguments,
  ): void {
    const { replay, view } = this.open ?? {};
    if (!replay || !view) return this.fail(response, noTrace);
    const evaluated =
      args.context === 'hover'
        ? hoverOf(replay, args.expression)
        : evaluate(replay, args.expression, view.scopes(args.frameId));
    if ('error' in evaluated) return this.fail(response, evaluated.error);
    if ('node' in evaluated) {
      response.body = { result: evaluated.node.value, variablesReference: view.reference(evaluated.node) };
      return this.sendResponse(response);
    }
    // Watched expressions are asked for at each stop; they must not move it.
    if (args.context === 'watch') return this.fail(response, '"at" goes somewhere: it is for the Debug Console');
    const event = replay.timeline.event(evaluated.seek);
    response.body = { result: eventText(replay.trace, event), variablesReference: 0 };
    this.sendResponse(response);
    this.goTo(evaluated.seek);
  }

  protected override completionsRequest(
    response: DebugProtocol.CompletionsResponse,
    args: DebugProtocol.CompletionsArguments,
  ): void {
    const { replay } = this.open ?? {};
    const found = replay && completionsAt(replay, args.text, args.column - 1);
    response.body = {
      targets: (found?.items ?? []).map((i) => ({
        label: i.insert,
        text: i.insert,
        ...(i.detail === undefined ? {} : { detail: i.detail }),
        start: found?.from ?? 0,
        length: (found?.to ?? 0) - (found?.from ?? 0),
        type: i.kind === 'value' ? 'value' : 'property',
      })),
    };
    this.sendResponse(response);
  }

  protected override exceptionInfoRequest(response: DebugProtocol.ExceptionInfoResponse): void {
    const { replay } = this.open ?? {};
    const request = replay?.trace.request(replay.event.request);
    if (!replay || !request) return this.fail(response, 'no request failed here');
    response.body = exceptionOf(request, replay.framesOf(replay.event));
    this.sendResponse(response);
  }

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    args: DebugProtocol.SetBreakpointsArguments,
  ): void {
    const { replay, files } = this.open ?? {};
    const { breakpoints, rules } = linesOf(replay, files?.lines(args.source), args.breakpoints ?? []);
    replay?.stops.setLines(args.source.path ?? String(args.source.sourceReference), rules);
    response.body = { breakpoints };
    this.sendResponse(response);
  }

  protected override setExceptionBreakPointsRequest(
    response: DebugProtocol.SetExceptionBreakpointsResponse,
    args: DebugProtocol.SetExceptionBreakpointsArguments,
  ): void {
    response.body = { breakpoints: this.#network.set(args) };
    this.#arm();
    this.sendResponse(response);
  }

  /** Those whose conditions are invalid were reported where they were set. */
  #arm(): void {
    const { stops } = this.open?.replay ?? {};
    stops?.setNetwork(
      this.#network.armed().flatMap((b) => [stops.networkRule(b)].filter((r) => !('error' in r)) as Rule[]),
    );
  }

  protected override loadedSourcesRequest(response: DebugProtocol.LoadedSourcesResponse): void {
    response.body = { sources: this.open?.files.all() ?? [] };
    this.sendResponse(response);
  }

  protected override sourceRequest(response: DebugProtocol.SourceResponse, args: DebugProtocol.SourceArguments): void {
    const path = args.source?.path;
    // Asked for by path, it is a file of the trace's that is here; no other is read.
    const known = path !== undefined && this.open?.files.lines({ path }) !== undefined && isFile(path);
    const reference = args.sourceReference || args.source?.sourceReference || 0;
    const content = known ? readFileSync(path, 'utf8') : this.open?.files.content(reference);
    if (content === undefined) return this.fail(response, 'the trace has no such source');
    response.body = { content };
    this.sendResponse(response);
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    this.sendResponse(response);
    this.sendEvent(new TerminatedEvent());
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    this.open = undefined;
    this.#watch.dispose();
    this.sendResponse(response);
  }
}

/** Of a size that an editor shows. */
function isFile(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size <= 50_000_000;
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === 'string' && v !== '');

function mapOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((e): e is [string, string] => typeof e[1] === 'string'));
}
