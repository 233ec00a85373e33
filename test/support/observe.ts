import { basename } from 'node:path';
import { expect } from 'vitest';
import { type Phase, phasesOf } from '../../src/model/phases/phases';
import type { Connection, Dial, PhaseName, Request, TlsTunnel } from '../../src/model/records';
import { problemsAgainst, problemsOf, visible } from './check';
import type { NodeVersion } from './programs/nodes';
import { type RunOptions, runPlain } from './programs/program';
import { runTraced, type TracedRun } from './programs/run';
import type { Upstream } from './servers/upstream';

/** Allowed difference between an instant of the trace and the server's for the same event on an idle machine, in µs. */
const tolerance = 25_000;

/**
 * Runs a program without and with the hook, and checks what holds in every case: nothing visible differs, all records
 * hold together, and they agree with what the servers saw.
 */
export async function observe(
  node: NodeVersion,
  program: string,
  options: RunOptions = {},
  upstream?: Upstream,
): Promise<Observed> {
  const env = { ...upstream?.environment, ...options.env };
  const plain = await runPlain(node, program, { ...options, env });
  await upstream?.quiet();
  upstream?.facts.clear();
  const run = await runTraced(node, program, { ...options, env });
  await upstream?.quiet();
  expect(visible(run)).toEqual(visible(plain));
  expect(problemsOf(run)).toEqual([]);
  if (upstream) expect(problemsAgainst(run, upstream.facts)).toEqual([]);
  return new Observed(run);
}

/** A traced run with short ways to its records. Those that must exist fail the test when they do not. */
export class Observed {
  constructor(readonly run: TracedRun) {}

  /** µs by which a figure of this run may differ from the truth that another process measured; see `compared`. */
  get tolerance(): number {
    if (this.run.lateness === 0) throw new Error('the run was not compared');
    return tolerance + this.run.lateness;
  }

  /** A figure in µs is the truth, as near as the machine let both sides measure. */
  expectNear(actual: number | undefined, truth: number | undefined): void {
    const difference = Math.abs(present(actual, 'the figure') - present(truth, 'the truth'));
    expect(difference, `${actual} µs against ${truth}`).toBeLessThanOrEqual(this.tolerance);
  }

  /** All requests by begin. */
  get requests(): Request[] {
    return [...this.run.store.requests.values()].sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
  }

  get connections(): Connection[] {
    return [...this.run.store.connections.values()];
  }

  get dials(): Dial[] {
    return [...this.run.store.dials.values()];
  }

  get tunnels(): TlsTunnel[] {
    return [...this.run.store.tlsTunnels.values()];
  }

  /** The n-th request by begin. */
  request(n = 0): Request {
    return present(this.requests[n], `request ${n}`);
  }

  connectionOf(r: Request): Connection {
    return present(this.run.store.connections.get(r.connection ?? ''), `connection of ${r.url}`);
  }

  dialOf(r: Request): Dial {
    const id = r.connection === undefined ? r.dial : this.connectionOf(r).dial;
    return present(this.run.store.dials.get(id ?? ''), `dial of ${r.url}`);
  }

  phases(r: Request): Phase[] {
    return phasesOf(r, this.run.store).phases;
  }

  phaseNames(r: Request): PhaseName[] {
    return this.phases(r).map((p) => p.name);
  }

  /** µs of a phase; absent when the phase is. */
  duration(r: Request, name: PhaseName): number | undefined {
    return this.phases(r).find((p) => p.name === name)?.duration;
  }

  /** `file:line kind` of a request's call site; `none`. */
  site(r: Request): string {
    return r.callSite ? `${basename(r.callSite.file)}:${r.callSite.line} ${r.callSite.kind}` : 'none';
  }

  /** Requests grouped by a text. */
  groups(of: (r: Request) => string): Map<string, Request[]> {
    const groups = new Map<string, Request[]>();
    for (const r of this.requests) groups.set(of(r), [...(groups.get(of(r)) ?? []), r]);
    return groups;
  }
}

/** The value, which must be there. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is absent`);
  return value;
}

/** Exactly one. */
export function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1);
  return list[0] as T;
}
