/**
 * Two sets of runs compared: what is requested, from where, how often, with which answers, how fast, and what is found in
 * it. Pure: the same traces give the same comparison.
 */
import type { Finding } from '../../model/records';
import { compareLimits } from '../base/limits';
import { originPackageOf } from '../base/originPackage';
import { placeText } from '../base/places';
import { notesOf } from './circumstances';
import type { Comparison, GroupComparison, HostComparison, SideFacts, TimeComparison } from './comparison';
import { answersOf, compareCounts, meanReceived, perRun } from './counts';
import { FindingsOf } from './findings';
import { type Group, groupsOf, type Listed, listed, Names, type Run } from './groups';
import { holm } from './statistics';
import { Times } from './times';

export interface Side {
  runs: readonly Run[];
  /** Of each run, in the same order. */
  findings: readonly Finding[][];
}

export function compare(before: Side, after: Side): Comparison {
  const [was, is] = [before.runs.map(listed), after.runs.map(listed)];
  const names = new Names(was, is);
  const groups = groupsOf(was, is, names);
  const times = new Times([...before.runs, ...after.runs]);
  const runs = { before: before.runs.length, after: after.runs.length };
  const compared = groups.map((group) => groupOf(group, times, runs));
  const tested = corrected(compared, runs);
  return {
    before: factsOf(before.runs),
    after: factsOf(after.runs),
    notes: notesOf(was, is),
    groups: compared,
    hosts: hostsOf(was, is, names),
    findings: new FindingsOf({ before: before.runs, after: after.runs }, groups, names, {
      before: before.findings,
      after: after.findings,
    }).compare(),
    tested,
  };
}

const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

function groupOf(group: Group, times: Times, runs: { before: number; after: number }): GroupComparison {
  const { key, method, host, template, site, movedFrom, before, after } = group;
  const compared = times.compare(group, runs);
  const bytesReceived = meanReceived(group);
  const callSite = placeText(site);
  const moved = placeText(movedFrom);
  const at = site?.source ?? site;
  const has = ({ before: b, after: a }: TimeComparison): boolean => b.requests + a.requests > 0;
  return {
    key,
    method,
    host,
    template,
    ...(callSite === undefined ? {} : { callSite }),
    ...(at === undefined ? {} : { file: at.file }),
    ...(at?.line === undefined ? {} : { line: at.line }),
    ...(at?.function === undefined ? {} : { function: at.function }),
    ...(moved === undefined ? {} : { movedFrom: moved }),
    count: compareCounts(perRun(before, numbers(runs.before)), perRun(after, numbers(runs.after, runs.before))),
    answers: answersOf(group),
    ...(bytesReceived ? { bytesReceived } : {}),
    times: {
      ...(has(compared.reused) ? { reused: compared.reused } : {}),
      ...(has(compared.new) ? { new: compared.new } : {}),
    },
    examples: { before: idsOf(before), after: idsOf(after) },
  };
}

const idsOf = (made: Group['before']): string[] => made.slice(0, 5).map(({ request }) => request.id);

/** Many tests find differences by chance: with enough runs, the p-values are held to all of them together. */
function corrected(groups: readonly GroupComparison[], runs: { before: number; after: number }): number {
  const tests = groups.flatMap(({ times }) => Object.values(times)).filter(({ p }) => p !== undefined);
  const { runs: enough, level } = compareLimits.holm;
  if (Math.min(runs.before, runs.after) >= enough) {
    const significant = holm(
      tests.map(({ p }) => p as number),
      level,
    );
    for (const [i, test] of tests.entries()) if (!significant[i]) withdraw(test);
  }
  return tests.length;
}

function withdraw(test: TimeComparison): void {
  test.result = 'same';
  delete test.phases;
}

function factsOf(runs: readonly Run[]): SideFacts {
  return {
    runs: runs.map(({ name }) => name),
    requests: runs.map(({ store }) => store.counts.requests),
    failed: runs.map(({ store }) => store.counts.failed),
    connections: runs.map(({ store }) => store.counts.connections),
    lookups: runs.map(({ store }) => store.counts.lookups),
  };
}

function hostsOf(before: readonly Listed[], after: readonly Listed[], names: Names): HostComparison[] {
  const hosts = new Map<
    string,
    { requests: number[]; connections: Set<string>[]; lookups: Set<string>[]; packages: Set<string> }
  >();
  const runs = [...before, ...after];
  for (const [i, run] of runs.entries())
    for (const request of run.requests) {
      const name = names.host(request);
      const host = hosts.get(name) ?? {
        requests: runs.map(() => 0),
        connections: runs.map(() => new Set<string>()),
        lookups: runs.map(() => new Set<string>()),
        packages: new Set<string>(),
      };
      hosts.set(name, host);
      host.requests[i] = (host.requests[i] ?? 0) + 1;
      if (request.connection !== undefined) host.connections[i]?.add(request.connection);
      const connection = request.connection === undefined ? undefined : run.store.connections.get(request.connection);
      const lookup = run.store.dials.get(connection?.dial ?? '')?.lookup;
      if (lookup !== undefined) host.lookups[i]?.add(lookup);
      const origin = originPackageOf(request);
      if (origin !== undefined) host.packages.add(origin);
    }
  const split = <T>(list: T[]): [T[], T[]] => [list.slice(0, before.length), list.slice(before.length)];
  return [...hosts].map(([host, of]) => {
    const [was, is] = split(of.requests);
    const [hadConnections, hasConnections] = split(of.connections.map((set) => set.size));
    const [hadLookups, hasLookups] = split(of.lookups.map((set) => set.size));
    return {
      host,
      requests: compareCounts(was, is),
      connections: { before: hadConnections, after: hasConnections },
      lookups: { before: hadLookups, after: hasLookups },
      packages: [...of.packages].sort(),
    };
  });
}
