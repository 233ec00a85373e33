/** The source files of a trace as a client sees them: those on this machine by path, the others by what is known of them. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { timeText } from '../../model/base/text';
import { baseName } from '../../model/rows/row';
import type { Replay } from '../position/replay';
import type { CallLine } from '../position/stacks';

/** Maximum lines of the text that replaces a missing file. */
const maxLines = 100_000;

export class SourceFiles {
  readonly #recorded: readonly string[];
  /** Path here → files as recorded: source maps and file: URLs may name one file in several ways. */
  readonly #byPath = new Map<string, string[]>();

  readonly #replay: Replay;

  constructor(replay: Replay) {
    this.#replay = replay;

    this.#recorded = replay.callSites.files();
    for (const file of this.#recorded) {
      const found = replay.sources.locate(file);
      if ('path' in found) this.#byPath.set(found.path, [...(this.#byPath.get(found.path) ?? []), file]);
    }
  }

  all(): DebugProtocol.Source[] {
    return this.#recorded.map((f) => this.sourceOf(f, 1).source);
  }

  /** The source of a recorded file, with the line in it. */
  sourceOf(file: string, line: number): { source: DebugProtocol.Source; line: number } {
    const found = this.#replay.sources.locate(file);
    const name = baseName(file);
    if ('path' in found) return { source: { name, path: found.path }, line: Math.max(1, line) };
    const reference = this.#recorded.indexOf(file) + 1;
    return {
      source: { name, sourceReference: reference, origin: found.reason },
      line: Math.min(Math.max(1, line), maxLines),
    };
  }

  /** Lines of a source that requests were made at; undefined: no request was made in it. */
  lines(source: DebugProtocol.Source): CallLine[] | undefined {
    const files = source.sourceReference
      ? [this.#recorded[source.sourceReference - 1]]
      : (this.#byPath.get(source.path ?? '') ?? this.#byPath.get((source.path ?? '').replaceAll('\\', '/')));
    return files?.flatMap((f) => (f === undefined ? [] : this.#replay.callSites.lines(f)));
  }

  /** Text that replaces a missing file: its name, and on each known line what was called there. */
  content(reference: number): string | undefined {
    const file = this.#recorded[reference - 1];
    if (file === undefined) return undefined;
    const found = this.#replay.sources.locate(file);
    const reason = 'reason' in found ? found.reason : 'it is on this machine';
    const text: string[] = [];
    const known = this.#replay.callSites.lines(file).filter((l) => l.line >= 1 && l.line <= maxLines);
    for (const l of known) {
      while (text.length < l.line) text.push('');
      const count = l.positions.length;
      text[l.line - 1] =
        `// ${l.function ?? '(anonymous)'}: ${count} ${count === 1 ? 'request' : 'requests'}; ${reason}`;
    }
    const head = [
      `// ${file}`,
      `// Not shown: ${reason}. "sourceRoot" or "pathMap" in the launch configuration can lead to it.`,
    ];
    for (const [i, line] of head.entries()) text[i] ||= line;
    return `${text.join('\n')}\n`;
  }

  /** What a session says first: what the trace is, what it lacks, which sources are not here. */
  introduction(): string[] {
    const { document, store } = this.#replay.trace;
    const { events } = this.#replay.timeline;
    const requests = document.requests.filter((r) => r.direction !== 'in').length;
    const from = store.header.sources.find((s) => s.name === 'import' && s.state === 'on');
    const lacking = store.header.sources.filter((s) => s.state !== 'on' && s.reason === 'notInFormat');
    const missing = this.#recorded.filter((f) => 'reason' in this.#replay.sources.locate(f));
    return [
      `${requests} ${requests === 1 ? 'request' : 'requests'}, ${events.length} events` +
        `${document.endAt === undefined ? '' : ` in ${timeText(document.endAt)}`}. Type help for what the console understands.`,
      ...(from
        ? [
            `Read from ${from.detail ?? 'a file of another program'}: what that format cannot express is absent` +
              `${lacking.length === 0 ? '' : ` (${lacking.map((s) => s.name).join(', ')})`}.`,
          ]
        : []),
      ...(requests > 0 && this.#recorded.length === 0
        ? ['The trace names no line of code: no source can be shown.']
        : []),
      ...(missing.length > 0
        ? [
            `${missing.length} of ${this.#recorded.length} source files ${missing.length === 1 ? 'is' : 'are'} not on this machine: ` +
              `${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ' …' : ''}. "sourceRoot" or "pathMap" in the launch configuration can lead to them.`,
          ]
        : []),
    ];
  }
}
