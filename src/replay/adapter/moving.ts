/** The moving half of the debug adapter: steps, continuing, going to a place, and what a stop reports to the client. */
import { DebugSession, OutputEvent, Event as ProtocolEvent } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { messageOf } from '../../model/base/text';
import { titleOf } from '../../model/lines/breakpoints';
import type { Move, Replay } from '../position/replay';
import { eventText } from '../position/words';
import type { SourceFiles } from './files';
import { positionEvent, type Seek, seekTarget } from './seek';
import { StopView } from './view';

const maxTargets = 20;

/** An open trace; its view is of the present stop, absent before the first. */
export interface Open {
  replay: Replay;
  files: SourceFiles;
  view?: StopView;
}

export abstract class MovingSession extends DebugSession {
  /** Absent: no trace is open, or it has no event. */
  protected open: Open | undefined;
  protected stopOnEntry = true;

  /** To where a replay begins, and again at a restart. */
  protected begin(): void {
    const { replay } = this.open ?? {};
    if (!replay) return;
    if (this.stopOnEntry) return this.#stop(replay.seek(replay.entry), 'entry');
    replay.seek(0);
    this.#stop(replay.continue(), 'entry');
  }

  protected override nextRequest(response: DebugProtocol.NextResponse, args: DebugProtocol.NextArguments): void {
    this.#step(response, args.threadId, (r, thread) => r.next(thread));
  }

  protected override stepInRequest(response: DebugProtocol.StepInResponse, args: DebugProtocol.StepInArguments): void {
    this.#step(response, args.threadId, (r, thread) => r.stepIn(thread));
  }

  protected override stepOutRequest(
    response: DebugProtocol.StepOutResponse,
    args: DebugProtocol.StepOutArguments,
  ): void {
    this.#step(response, args.threadId, (r, thread) => r.stepOut(thread));
  }

  protected override stepBackRequest(
    response: DebugProtocol.StepBackResponse,
    args: DebugProtocol.StepBackArguments,
  ): void {
    this.#step(response, args.threadId, (r, thread) => r.stepBack(thread));
  }

  protected override continueRequest(response: DebugProtocol.ContinueResponse): void {
    response.body = { allThreadsContinued: true };
    this.#move(response, (r) => r.continue());
  }

  protected override reverseContinueRequest(response: DebugProtocol.ReverseContinueResponse): void {
    this.#move(response, (r) => r.reverseContinue());
  }

  protected override restartRequest(response: DebugProtocol.RestartResponse): void {
    this.sendResponse(response);
    this.begin();
  }

  protected override restartFrameRequest(
    response: DebugProtocol.RestartFrameResponse,
    args: DebugProtocol.RestartFrameArguments,
  ): void {
    const thread = this.open?.view?.threadOf(args.frameId);
    if (thread === undefined) this.fail(response, 'this frame is of an earlier position');
    else this.#move(response, (r) => r.toCall(thread), 'restart');
  }

  protected override gotoTargetsRequest(
    response: DebugProtocol.GotoTargetsResponse,
    args: DebugProtocol.GotoTargetsArguments,
  ): void {
    const { replay, files } = this.open ?? {};
    const found = files?.lines(args.source)?.filter((l) => l.line === args.line) ?? [];
    // The requests of the line that come next, then those before.
    const positions = found.flatMap((l) => l.positions).sort((a, b) => a - b);
    const split = positions.findIndex((p) => p > (replay?.position ?? 0));
    const ordered = split < 0 ? positions : [...positions.slice(split), ...positions.slice(0, split)];
    response.body = {
      targets: ordered.slice(0, maxTargets).map((position) => ({
        id: position,
        label: replay ? `event ${position + 1}: ${eventText(replay.trace, replay.timeline.event(position))}` : '',
        line: args.line,
      })),
    };
    this.sendResponse(response);
  }

  protected override gotoRequest(response: DebugProtocol.GotoResponse, args: DebugProtocol.GotoArguments): void {
    this.#move(response, (r) => r.seek(args.targetId), 'goto');
  }

  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    // It never runs; a client that asks gets its present position.
    this.#move(response, (r) => r.seek(r.position), 'pause');
  }

  protected override customRequest(command: string, response: DebugProtocol.Response, args: unknown): void {
    const { replay } = this.open ?? {};
    if (command !== 'netTrace/seek' && command !== 'netTrace/position') super.customRequest(command, response, args);
    else if (!replay) this.fail(response, noTrace);
    else if (command === 'netTrace/position') {
      response.body = positionEvent(replay);
      this.sendResponse(response);
    } else {
      const target = seekTarget(replay, args as Seek);
      if (target === undefined)
        this.fail(response, 'seek takes one of at (µs), event (from 0) and request (an id of the trace)');
      else this.#move(response, (r) => r.seek(target), 'goto');
    }
  }

  /** After its answer was sent. */
  protected goTo(position: number): void {
    if (this.open) this.#stop(this.open.replay.seek(position), 'goto');
  }

  #step(response: DebugProtocol.Response, threadId: number, step: (replay: Replay, thread: string) => Move): void {
    const thread = this.open?.replay.timeline.threads[threadId - 1];
    if (thread === undefined) this.fail(response, `the trace has no thread ${threadId}`);
    else this.#move(response, (r) => step(r, thread));
  }

  #move(response: DebugProtocol.Response, move: (replay: Replay) => Move, reason = 'step'): void {
    if (!this.open) return this.fail(response, noTrace);
    this.sendResponse(response);
    this.#stop(move(this.open.replay), reason);
  }

  #stop(move: Move, reason: string): void {
    const { open } = this;
    if (!open) return;
    const { replay, files } = open;
    open.view = new StopView(replay, files);
    for (const { position, text } of move.logs ?? []) this.print(text, 'stdout', this.#placeOf(open, position));
    const { event } = replay;
    const fails = titleOf({ kind: 'requestFails' });
    const failed = event.kind === 'failed' || move.stop?.rules.some((r) => r.title === fails);
    const ids = move.stop?.rules.flatMap((r) => r.id ?? []) ?? [];
    const body: DebugProtocol.StoppedEvent['body'] = {
      reason: failed ? 'exception' : move.stop ? 'breakpoint' : reason,
      description: describe(replay, move),
      text: eventText(replay.trace, event),
      threadId: replay.timeline.threads.indexOf(event.thread) + 1,
      allThreadsStopped: true,
      ...(ids.length > 0 ? { hitBreakpointIds: ids } : {}),
    };
    this.sendEvent(new ProtocolEvent('stopped', body));
    this.sendEvent(new ProtocolEvent('netTrace.position', positionEvent(replay)));
  }

  #placeOf({ replay, files }: Open, position: number): { source?: DebugProtocol.Source; line?: number } {
    const frame = replay.framesOf(replay.timeline.event(position)).find((f) => f.kind !== 'library');
    return frame ? files.sourceOf(frame.file, frame.line) : {};
  }

  protected print(text: string, category: string, place: { source?: DebugProtocol.Source; line?: number } = {}): void {
    const event = new OutputEvent(`${text}\n`, category) as DebugProtocol.OutputEvent;
    Object.assign(event.body, place);
    this.sendEvent(event);
  }

  protected fail(response: DebugProtocol.Response, error: unknown): void {
    const text = messageOf(error);
    this.sendErrorResponse(response, { id: 1, format: '{_text}', variables: { _text: text } });
  }
}

export const noTrace = 'no trace is open, or it has no event';

/** Beside the thread in the call stack. */
function describe(replay: Replay, move: Move): string {
  const where = eventText(replay.trace, replay.event);
  if (move.stop) return `${move.stop.rules.map((r) => r.title).join(', ')} · ${where}`;
  if (move.stuck === 'end') return 'End of the trace';
  if (move.stuck === 'begin') return 'Begin of the trace';
  return move.stuck === 'thread' ? `No more events of this thread that way · ${where}` : where;
}
