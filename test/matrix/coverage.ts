/** Facts of the coverage table: which request of clients/coverage.cjs shows each, and whether its record holds it. */
import { phasesOf } from '../../src/model/phases/phases';
import type { Request } from '../../src/model/records';
import type { NodeVersion } from '../support/programs/nodes';
import type { TracedRun } from '../support/programs/run';

export interface CoveredClient {
  name: string;
  title: string;
  min?: number;
}

export const coveredClients: readonly CoveredClient[] = [
  { name: 'http', title: 'node:http, node:https' },
  { name: 'fetch', title: 'global fetch' },
  { name: 'undici6', title: 'undici 6' },
  { name: 'undici7', title: 'undici 7', min: 20 },
  { name: 'undici8', title: 'undici 8', min: 22 },
  { name: 'axios', title: 'axios' },
  { name: 'got', title: 'got 11' },
  { name: 'node-fetch', title: 'node-fetch 2' },
  { name: 'http2', title: 'node:http2' },
];

export interface Fact {
  title: string;
  /** `fact` of the request's URL. */
  of: string;
  holds: (r: Request, run: TracedRun, all: readonly Request[]) => boolean;
  /** Why it is absent, by client (`*`: every one). */
  why?: Readonly<Record<string, string>>;
}

const dialOf = (r: Request, run: TracedRun) =>
  run.store.dials.get(r.dial ?? run.store.connections.get(r.connection ?? '')?.dial ?? '');
const names = (r: Request, run: TracedRun) => phasesOf(r, run.store).phases.map((p) => p.name as string);

export const facts: readonly Fact[] = [
  { title: 'call site', of: 'plain', holds: (r) => r.callSite !== undefined },
  { title: 'dns', of: 'plain', holds: (r, run) => dialOf(r, run)?.lookup !== undefined },
  { title: 'tcp attempts', of: 'plain', holds: (r, run) => (dialOf(r, run)?.attempts?.length ?? 0) > 0 },
  { title: 'tls', of: 'tls', holds: (r, run) => names(r, run).includes('tls') },
  {
    title: 'phases',
    of: 'plain',
    holds: (r, run) => ['tcp', 'send', 'wait', 'download'].every((n) => names(r, run).includes(n)),
  },
  { title: 'size on the wire', of: 'plain', holds: (r) => r.response?.wireBytes !== undefined },
  {
    title: 'decoded size',
    of: 'plain',
    holds: (r) => r.response?.bodyBytes !== undefined,
    why: { '*': 'the client does not decode, so the body is never seen decoded' },
  },
  {
    title: 'bytes read',
    of: 'plain',
    holds: (r) => r.response?.readBytes !== undefined,
    why: { '*': 'the package’s own body stream hands the pieces over inside of it' },
  },
  { title: 'chunks', of: 'chunks', holds: (r) => r.chunks !== undefined },
  { title: 'upload size', of: 'upload', holds: (r) => r.body?.bytes === 1000 },
  { title: 'upload stall', of: 'stall', holds: (r) => (r.body?.drainWaits ?? 0) > 0 },
  {
    title: 'timeout kind',
    of: 'timeout',
    holds: (r) => r.timeout !== undefined,
    why: { 'node-fetch': 'the client listens to the signal itself and ends the request without the signal’s reason' },
  },
  { title: 'abort', of: 'abort', holds: (r) => r.abort !== undefined },
  { title: 'informational', of: 'informational', holds: (r) => (r.response?.informational?.length ?? 0) > 0 },
  { title: 'proxy', of: 'proxy', holds: (_r, _run, all) => all.some((r) => r.proxy !== undefined) },
  { title: 'retry', of: 'retry', holds: (_r, _run, all) => all.some((r) => r.retryOf !== undefined) },
  { title: 'upgrade', of: 'upgrade', holds: (r) => r.outcome === 'upgraded' },
  {
    title: 'headers',
    of: 'upload',
    holds: (r) => (r.headers?.length ?? 0) > 0 && (r.response?.headers?.length ?? 0) > 0,
  },
  { title: 'bodies', of: 'upload', holds: (r) => r.body?.content !== undefined },
  { title: 'h2 stream', of: 'plain', holds: (r) => r.streamId !== undefined },
];

export type Cell = 'yes' | 'no' | 'cannot';

/** Cells of one client on one Node, in the order of `facts`. */
export function cellsOf(run: TracedRun): Cell[] {
  const all = [...run.store.requests.values()];
  const cannot = new Set(run.stdout.split('\n').flatMap((l) => /^(\w+) cannot$/.exec(l)?.[1] ?? []));
  const h2 = all.some((r) => r.api === 'http2');
  return facts.map((fact) => {
    if (cannot.has(fact.of) || (fact.title === 'h2 stream' && !h2)) return 'cannot';
    const own = all.filter((r) => r.url?.includes(`fact=${fact.of}`) && r.method !== 'CONNECT');
    const r = own[0] ?? all[0];
    return r !== undefined && fact.holds(r, run, own.length > 0 ? own : all) ? 'yes' : 'no';
  });
}

/** The part `facts` of docs/coverage.md: a table for each Node. */
export function coverage(nodes: readonly NodeVersion[], cells: ReadonlyMap<string, readonly Cell[]>): string {
  const sections = nodes.map((node) => {
    const rows = coveredClients.map((c) => {
      const list = cells.get(`${c.name} ${node.major}`);
      const shown = facts.map((_, i) =>
        list === undefined ? '·' : { yes: 'yes', no: '**no**', cannot: '–' }[list[i] as Cell],
      );
      return `| ${c.title} | ${shown.join(' | ')} |`;
    });
    const head = facts.map((f) => f.title).join(' | ');
    return `### Node ${node.version}\n\n| client | ${head} |\n|---|${facts.map(() => '---|').join('')}\n${rows.join('\n')}\n`;
  });
  const missing = coveredClients.flatMap((c) =>
    facts.flatMap((f, i) => {
      const on = nodes.filter((n) => cells.get(`${c.name} ${n.major}`)?.[i] === 'no').map((n) => n.major);
      if (on.length === 0) return [];
      const why = f.why?.[c.name] ?? f.why?.['*'] ?? 'not seen by the hook';
      return [`- ${c.title}, ${f.title}, Node ${on.join(', ')}: ${why}.`];
    }),
  );
  return `## Facts

Written by the run of test/matrix/coverage.test.ts (\`vitest run --project matrix -u\`); do not edit.

Each client makes one request for each fact, with header values and bodies asked for; a cell says whether the record
holds the fact. "–": the client has no such thing (or needs a package for it that is not tried here). "·": the client
does not run on that Node.

${sections.join('\n')}
### Why not

${missing.length > 0 ? missing.join('\n') : 'Nothing is missing.'}
`;
}
