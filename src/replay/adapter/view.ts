/**
 * What a client sees at one stop: threads, frames, scopes, variables. References that it hands out are good until the
 * next stop, at which a new one is made.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Replay } from '../position/replay';
import type { Frame } from '../position/stacks';
import type { Node } from '../position/tree';
import { eventText, threadText } from '../position/words';
import type { SourceFiles } from './files';

export class StopView {
  readonly #nodes: (() => Node[])[] = [];
  /** Thread of each frame that was handed out, by id. */
  readonly #frames: string[] = [];

  readonly #files: SourceFiles;

  readonly #replay: Replay;

  constructor(replay: Replay, files: SourceFiles) {
    this.#replay = replay;

    this.#files = files;
  }

  threads(): DebugProtocol.Thread[] {
    const replay = this.#replay;
    return replay.timeline.threads.map((thread, i) => ({
      id: i + 1,
      name: `${threadText(replay.trace, thread)}${replay.presentOf(thread) ? '' : ' (not begun)'}`,
    }));
  }

  /** The event that the thread is at, as a label, then the chain of calls. */
  frames(threadId: number): DebugProtocol.StackFrame[] {
    const thread = this.#replay.timeline.threads[threadId - 1];
    const event = thread === undefined ? undefined : this.#replay.presentOf(thread);
    if (!event || thread === undefined) return [];
    const id = () => this.#frames.push(thread) - 1;
    const chain = this.#replay.framesOf(event);
    const label = {
      name: eventText(this.#replay.trace, event),
      line: 0,
      column: 0,
      // With no line below it, it is the frame to select: its variables are to be seen.
      ...(chain.length > 0 ? { presentationHint: 'label' as const } : {}),
    };
    const hasUser = chain.some((f) => f.kind !== 'library');
    return [
      { id: id(), ...label },
      ...chain.map((f) => ({
        id: id(),
        name: frameText(f),
        ...this.#files.sourceOf(f.file, f.line),
        column: f.column,
        canRestart: event.request !== undefined,
        // A package’s own line is not the user’s business, if there is one of the user’s.
        ...(f.kind === 'library' && hasUser ? { presentationHint: 'subtle' as const } : {}),
      })),
    ];
  }

  threadOf(frame: number): string | undefined {
    return this.#frames[frame];
  }

  /** Scopes of a frame; of none, those of the present event’s thread. */
  scopes(frame: number | undefined): Node[] {
    const thread = frame === undefined ? this.#replay.event.thread : this.#frames[frame];
    const event = thread === undefined ? undefined : this.#replay.presentOf(thread);
    return event ? this.#replay.scopes.at(this.#replay.position, event) : [];
  }

  variables(args: DebugProtocol.VariablesArguments): DebugProtocol.Variable[] {
    const nodes = this.#nodes[args.variablesReference - 1]?.() ?? [];
    const from = args.start ?? 0;
    return nodes.slice(from, args.count ? from + args.count : undefined).map((n) => ({
      name: n.name,
      value: n.value,
      ...(n.type === undefined ? {} : { type: n.type }),
      variablesReference: this.reference(n),
      presentationHint: { attributes: ['readOnly'] },
    }));
  }

  /** What the client asks for the children of a node by; 0: it has none. */
  reference(n: Node): number {
    return n.children ? this.#nodes.push(n.children) : 0;
  }
}

function frameText(f: Frame): string {
  const name = `${f.async ? 'await ' : ''}${f.function ?? '(anonymous)'}`;
  return f.kind === 'library' ? `${name} (library)` : f.kind === 'inherited' ? `${name} (first hop)` : name;
}
