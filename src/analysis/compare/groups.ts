/**
 * The requests of both sides by what makes them: the place in the code, method, host and URL template. A line is no part of
 * that, so that an edit above it changes nothing: several lines of one function that ask for the same are taken in order.
 */
import type { CallSite, Request } from '../../model/records';
import { placeOf, urlParts } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { push } from '../base/facts';
import { queryNames } from '../base/places';
import { stableHost } from './hosts';
import { alignedFiles, type FileNames } from './sources';
import { Templates } from './templates';

/** One run of a side. */
export interface Run {
  name: string;
  store: Store;
}

/** A run with its requests, by begin. */
export interface Listed extends Run {
  requests: readonly Request[];
}

export interface Made {
  request: Request;
  run: number;
}

/** Requests from one line; those of `before` and `after` that correspond are found by `groupsOf`. */
export interface Group {
  key: string;
  method: string;
  host: string;
  template: string;
  site?: CallSite;
  /** Of the file, as the first run has it. */
  file?: string;
  movedFrom?: CallSite;
  before: Made[];
  after: Made[];
}

interface Site {
  site: CallSite | undefined;
  line: number;
  made: Made[];
}

/** Outgoing requests, those that a mock answered included: the program made them. */
export const listed = (run: Run): Listed => ({ ...run, requests: requestsOf(run) });

const requestsOf = (run: Run): Request[] =>
  [...run.store.requests.values()]
    .filter((r) => r.direction !== 'in')
    .sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));

export class Names {
  readonly #files: FileNames[];
  readonly #templates = new Templates();
  readonly #hosts: [before: Set<string>, after: Set<string>];

  constructor(before: readonly Listed[], after: readonly Listed[]) {
    const all = [...before, ...after].map(({ requests }) => requests);
    const files = all.map((requests) => new Set(requests.flatMap(({ callSite }) => ownFile(callSite) ?? [])));
    const known = files.find((set) => set.size > 0) ?? new Set();
    this.#files = files.map((set) => alignedFiles(known, set));
    const hostsOf = (list: readonly (readonly Request[])[]) =>
      new Set(list.flat().map(({ url }) => urlParts(url ?? '').host));
    this.#hosts = [hostsOf(all.slice(0, before.length)), hostsOf(all.slice(before.length))];
    for (const [run, requests] of all.entries())
      for (const request of requests) this.#templates.add(this.#kindOf(request), urlParts(request.url ?? '').path, run);
  }

  host(request: Request): string {
    const { host } = urlParts(request.url ?? '');
    return stableHost(
      host,
      this.#hosts.every((side) => side.has(host)),
    );
  }

  template(request: Request): string {
    const { path, query } = urlParts(request.url ?? '');
    const template = this.#templates.of(this.#kindOf(request), path);
    return query === '' ? template : template + queryNames(query.slice(1));
  }

  /** Absent: no call site. Of a package: its file below `node_modules`. */
  file(request: Request, run: number): string | undefined {
    const { callSite } = request;
    if (callSite === undefined) return undefined;
    const own = ownFile(callSite);
    const { file } = placeOf(callSite);
    return own === undefined ? file.replace(/^.*node_modules[/\\]/s, '') : (this.#files[run] as FileNames)(file);
  }

  #kindOf(request: Request): string {
    return `${request.method} ${this.host(request)}`;
  }
}

function ownFile(site: CallSite | undefined): string | undefined {
  if (site === undefined) return undefined;
  const { file, package: library } = placeOf(site);
  return library === undefined ? file : undefined;
}

/** Those of the later side first, in the order in which it made them. */
export function groupsOf(before: readonly Listed[], after: readonly Listed[], names: Names): Group[] {
  const kinds = new Map<string, { first: Request; file: string | undefined; before: Made[]; after: Made[] }>();
  for (const [run, { side, requests }] of [
    ...before.map((r) => ({ side: 'before' as const, requests: r.requests })),
    ...after.map((r) => ({ side: 'after' as const, requests: r.requests })),
  ].entries())
    for (const request of requests) {
      const file = names.file(request, run);
      const { function: name = '' } = request.callSite ? placeOf(request.callSite) : {};
      const key = [file ?? '', name, request.method, names.host(request), names.template(request)].join(' ');
      const kind = kinds.get(key) ?? { first: request, file, before: [], after: [] };
      kind[side].push({ request, run });
      kinds.set(key, kind);
    }
  const groups = [...kinds].flatMap(([key, { first, file, before: b, after: a }]) =>
    paired(sitesOf(b), sitesOf(a)).map(([from, to], i): Group => {
      const site = to?.site ?? from?.site;
      return {
        key: i === 0 ? key : `${key} ${i + 1}`,
        method: first.method ?? '?',
        host: names.host(first),
        template: names.template(first),
        ...(site ? { site } : {}),
        ...(file === undefined ? {} : { file }),
        before: from?.made ?? [],
        after: to?.made ?? [],
      };
    }),
  );
  return withMoves(groups);
}

/** By line. */
function sitesOf(made: readonly Made[]): Site[] {
  const sites = new Map<string, Site>();
  for (const one of made) {
    const site = one.request.callSite;
    const { line = 0, column = 0 } = site ? placeOf(site) : {};
    const key = `${line}:${column}`;
    const known = sites.get(key);
    if (known) known.made.push(one);
    else sites.set(key, { site, line: line + column / 1e6, made: [one] });
  }
  return [...sites.values()].sort((a, b) => a.line - b.line);
}

/** Sites of both sides that correspond: all in order where there are as many; else those on the same line, then in order. */
function paired(before: Site[], after: Site[]): [Site | undefined, Site | undefined][] {
  if (before.length === after.length) return after.map((site, i) => [before[i], site]);
  const rest = [...before];
  const take = (at: number): Site | undefined => (at < 0 ? undefined : rest.splice(at, 1)[0]);
  const sameLine = after.map((site) => take(rest.findIndex(({ line }) => line === site.line)));
  const pairs = after.map((site, i): [Site | undefined, Site] => [sameLine[i] ?? rest.shift(), site]);
  return [...pairs, ...rest.map((site): [Site, undefined] => [site, undefined])];
}

/** What one side alone has, from another place but to the same URLs, has moved. */
function withMoves(groups: readonly Group[]): Group[] {
  const gone = new Map<string, Group[]>();
  const target = ({ method, host, template }: Group): string => `${method} ${host} ${template}`;
  for (const group of groups) if (group.after.length === 0) push(gone, target(group), group);
  const moved = new Set<Group>();
  const kept = groups.map((group) => {
    if (group.before.length > 0) return group;
    const from = gone.get(target(group))?.shift();
    if (from === undefined) return group;
    moved.add(from);
    return { ...group, before: from.before, ...(from.site ? { movedFrom: from.site } : {}) };
  });
  return kept.filter((group) => !moved.has(group));
}
