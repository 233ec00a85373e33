/** The call chain of a request, and which requests were made at a line: by source file, once a trace. */
import type { CallSite, Request } from '../../model/records';
import type { Timeline } from '../events/timeline';
import type { TraceIndex } from './traceIndex';

export interface Frame {
  /** As recorded: in the original source where a map leads there. */
  file: string;
  /** 0, as is the column: not known. */
  line: number;
  column: number;
  /** Absent: top level, or without a name. */
  function?: string;
  /** library: code of a package, no line of the program. inherited: that of the first hop of a redirect. */
  kind: 'user' | 'library' | 'inherited';
  /** It awaits the frame before, it did not call it. */
  async?: true;
}

/** Innermost first; empty: no call site was recorded. With the whole chain recorded, all of it. */
export function framesOf(r: Pick<Request, 'callSite' | 'stack'> | undefined): Frame[] {
  const site = r?.callSite ? frameOf(r.callSite, kindOf(r.callSite.kind)) : undefined;
  const stack = r?.stack?.map((f) => ({
    ...frameOf(f, f.kind === 'library' ? ('library' as const) : ('user' as const)),
    ...(f.async ? { async: true as const } : {}),
  }));
  if (!stack || stack.length === 0) return site ? [site] : [];
  // A redirect's own chain does not contain the line that its first hop was called at.
  return !site || stack.some((f) => f.file === site.file && f.line === site.line) ? stack : [...stack, site];
}

const kindOf = (kind: string): Frame['kind'] => (kind === 'library' || kind === 'inherited' ? kind : 'user');

function frameOf(f: Pick<CallSite, 'file' | 'line' | 'column' | 'function' | 'source'>, kind: Frame['kind']): Frame {
  const at = f.source ?? f;
  const name = at.function ?? f.function;
  return { file: at.file, line: at.line ?? 0, column: at.column ?? 0, ...(name ? { function: name } : {}), kind };
}

/** A line that requests were made at. */
export interface CallLine {
  line: number;
  column: number;
  function?: string;
  /** Positions at which its requests were made, in order. */
  positions: number[];
}

export class CallSites {
  /** File as recorded → its lines, in order. */
  readonly #files = new Map<string, Map<number, CallLine>>();

  constructor(trace: TraceIndex, timeline: Timeline) {
    timeline.events.forEach((e, position) => {
      if (e.kind !== 'created') return;
      const seen = new Set<string>();
      for (const frame of framesOf(trace.request(e.request))) {
        if (frame.line === 0) continue;
        const key = `${frame.file}:${frame.line}`;
        if (seen.has(key)) continue;
        seen.add(key);
        this.#lineOf(frame).positions.push(position);
      }
    });
  }

  files(): string[] {
    return [...this.#files.keys()];
  }

  /** By line; empty: no request was made in the file. */
  lines(file: string): CallLine[] {
    return [...(this.#files.get(file)?.values() ?? [])].sort((a, b) => a.line - b.line);
  }

  #lineOf(frame: Frame): CallLine {
    const lines = this.#files.get(frame.file) ?? new Map<number, CallLine>();
    this.#files.set(frame.file, lines);
    const { line, column } = frame;
    const known = lines.get(line);
    if (known) return known;
    const made: CallLine = { line, column, ...(frame.function ? { function: frame.function } : {}), positions: [] };
    lines.set(line, made);
    return made;
  }
}
