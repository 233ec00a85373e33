/**
 * Where continuing stops: network breakpoints and breakpoints at lines, each as the positions it matches, found when it is
 * set. Their conditions are asked of the request as it ended: a saved trace knows at the call how that went, so "request
 * starts" with `status:>=500` stops at the call that will be answered so.
 */

import { timeText } from '../../model/base/text';
import {
  type BreakpointKind,
  defaultThresholdMs,
  fillPlaces,
  hitTest,
  type LogPlace,
  type NetworkBreakpoint,
  titleOf,
  unknownPlace,
} from '../../model/lines/breakpoints';
import { compileQuery, parseQuery } from '../../model/query';
import { rowFields } from '../../model/query/rowFields';
import type { Row } from '../../model/rows/row';
import { countUpTo, type Timeline } from '../events/timeline';
import { framesOf } from './stacks';
import type { TraceIndex } from './traceIndex';

/** What a breakpoint asks for beside its place or kind. */
export interface Conditions {
  /** Query; absent or empty: each. */
  condition?: string | undefined;
  hitCondition?: string | undefined;
  /** Written instead of stopping. */
  logMessage?: string | undefined;
}

/** A breakpoint with the positions that it stops at. */
export interface Rule {
  /** As the client counts lines’ breakpoints; absent: a network breakpoint. */
  id?: number;
  title: string;
  /** Ascending. */
  positions: readonly number[];
  logMessage?: string;
}

export interface Stop {
  position: number;
  rules: readonly Rule[];
}

export class Stops {
  #network: readonly Rule[] = [];
  readonly #lines = new Map<string, readonly Rule[]>();

  readonly #trace: TraceIndex;
  readonly #timeline: Timeline;
  /** Path of a recorded file on this machine; undefined: it is not here. */
  readonly #pathOf: (file: string) => string | undefined;

  constructor(trace: TraceIndex, timeline: Timeline, pathOf: (file: string) => string | undefined) {
    this.#trace = trace;
    this.#timeline = timeline;
    this.#pathOf = pathOf;
  }

  setNetwork(rules: readonly Rule[]): void {
    this.#network = rules;
  }

  /** In the place of those of the same source. */
  setLines(source: string, rules: readonly Rule[]): void {
    this.#lines.set(source, rules);
  }

  /** The rule of a network breakpoint, or what is wrong with it. */
  networkRule(b: Omit<NetworkBreakpoint, 'id'>): Rule | { error: string } {
    const { callSite } = b;
    const all = this.#positionsOf(b.kind, b.thresholdMs);
    return this.rule(titleOf(b), callSite ? all.filter((p) => this.#isAt(p, callSite)) : all, b);
  }

  /** Whether the call chain of the request of an event holds a line, by the file's path as recorded or here. */
  #isAt(position: number, place: { file: string; line: number }): boolean {
    const request = this.#trace.request(this.#timeline.event(position).request);
    return framesOf(request).some(
      (f) => f.line === place.line && (f.file === place.file || this.#pathOf(f.file) === place.file),
    );
  }

  /** A rule that stops at those of the positions that its conditions leave, or what is wrong with these. */
  rule(title: string, positions: readonly number[], c: Conditions): Rule | { error: string } {
    const parsed = parseQuery(c.condition ?? '');
    if (parsed.error) return { error: parsed.error.message };
    const counts = c.hitCondition ? hitTest(c.hitCondition) : () => true;
    if (!counts) return { error: `"${c.hitCondition}" is no hit count: 5, >=3 or %2 are` };
    const place = c.logMessage === undefined ? undefined : unknownPlace(c.logMessage);
    if (place) return { error: `the log message’s {${place.name}} (column ${place.column}) is no place that there is` };
    let passing = positions;
    if (c.condition) {
      const passes = compileQuery(parsed.query, rowFields);
      passing = positions.filter((p) => {
        const row = this.rowAt(p);
        return row !== undefined && passes(row) === true;
      });
    }
    return {
      title,
      // Counted from the trace’s begin, so that going back meets the same ones.
      positions: passing.filter((_, i) => counts(i + 1)),
      ...(c.logMessage === undefined ? {} : { logMessage: c.logMessage }),
    };
  }

  /** The nearest stop after a position; undefined: none. */
  after(position: number): Stop | undefined {
    return this.#nearest((list) => list[countUpTo(list, position, same)], Math.min);
  }

  before(position: number): Stop | undefined {
    return this.#nearest((list) => list[countUpTo(list, position - 1, same) - 1], Math.max);
  }

  /** What log messages write on the way from one position to another, both included. */
  logs(from: number, to: number): { position: number; text: string }[] {
    return this.#all()
      .flatMap((rule) => {
        if (rule.logMessage === undefined) return [];
        const first = countUpTo(rule.positions, from - 1, same);
        return rule.positions
          .slice(first, countUpTo(rule.positions, to, same))
          .map((position, i) => ({ position, text: this.#logText(rule, position, first + i + 1) }));
      })
      .sort((a, b) => a.position - b.position);
  }

  /** The row of the request of an event, as it ended. */
  rowAt(position: number): Row | undefined {
    const { request } = this.#timeline.event(position);
    return request === undefined ? undefined : this.#trace.rows().get(request);
  }

  #all(): Rule[] {
    return [...this.#network, ...[...this.#lines.values()].flat()];
  }

  #nearest(
    of: (positions: readonly number[]) => number | undefined,
    best: (...n: number[]) => number,
  ): Stop | undefined {
    const rules = this.#all().filter((r) => r.logMessage === undefined);
    const found = rules.flatMap((rule) => {
      const position = of(rule.positions);
      return position === undefined ? [] : [{ rule, position }];
    });
    if (found.length === 0) return undefined;
    const position = best(...found.map((f) => f.position));
    return { position, rules: found.filter((f) => f.position === position).map((f) => f.rule) };
  }

  #positionsOf(kind: BreakpointKind, thresholdMs = defaultThresholdMs): number[] {
    const hosts = new Set<string>();
    const positions: number[] = [];
    this.#timeline.events.forEach((e, position) => {
      if (e.request === undefined || e.record !== e.request) return;
      const r = this.#trace.request(e.request);
      if (!r || r.direction === 'in') return;
      const status = r.response?.status ?? 0;
      const meets = {
        requestStarts: () => e.kind === 'created',
        responseArrives: () => e.kind === 'responseBegins',
        status400: () => e.kind === 'responseBegins' && status >= 400,
        status500: () => e.kind === 'responseBegins' && status >= 500,
        requestFails: () => e.kind === 'failed',
        slowerThan: () => this.#isFirstAfter(position, r.id, r.createdAt, thresholdMs * 1000),
        firstHost: () => {
          const host = e.kind === 'created' ? this.#trace.rows().get(r.id)?.host : undefined;
          return !!host && !hosts.has(host) && hosts.add(host) !== undefined;
        },
        bodyNotRead: () =>
          r.outcome === 'notRead' &&
          this.#timeline.ofRequest(r.id).findLast((p) => this.#timeline.event(p).record === r.id) === position,
      }[kind];
      if (meets()) positions.push(position);
    });
    return positions;
  }

  /** Whether it is the first event of a request after its limit had passed. */
  #isFirstAfter(position: number, request: string, createdAt: number | undefined, limit: number): boolean {
    if (createdAt === undefined || this.#timeline.event(position).at < createdAt + limit) return false;
    const own = this.#timeline.ofRequest(request).filter((p) => this.#timeline.event(p).record === request);
    return own.find((p) => this.#timeline.event(p).at >= createdAt + limit) === position;
  }

  #logText(rule: Rule, position: number, hits: number): string {
    const row = this.rowAt(position);
    const request = row && this.#trace.request(row.id);
    const values: Record<LogPlace, string | number | undefined> = {
      method: row?.method,
      url: row?.url,
      host: row?.host,
      path: row?.path,
      api: row?.api,
      status: row?.status,
      statusText: request?.response?.statusText,
      duration: row?.total === undefined ? undefined : timeText(row.total),
      outcome: request?.outcome,
      error: row?.error?.code,
      phase: row?.error?.phase,
      contentType: row?.contentType,
      callSite: row?.callSite?.text,
      function: row?.callSite?.function,
      breakpoint: rule.title,
      hits,
      pid: row?.pid,
    };
    return fillPlaces(rule.logMessage ?? '', (place) => values[place]?.toString());
  }
}

const same = (n: number): number => n;
