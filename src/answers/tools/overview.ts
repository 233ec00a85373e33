/** `summary` and `findings`. */
import * as Type from 'typebox';
import { quantile } from '../../model/base/statistics';
import { numberText, plural } from '../../model/base/text';
import type { Finding } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { pathOf } from '../base/path';
import { UsageError } from '../base/usageError';
import { fitting } from './data';
import { anything, common, input, maxStructured, tool, traceFacts } from './tool';
import type { Source, View } from './view';

const maxHosts = 100;

const host = Type.Object({
  host: Type.String(),
  requests: Type.Integer(),
  failed: Type.Integer({ description: 'Got no whole response.' }),
  serverErrors: Type.Integer({ description: 'Answered 5xx.' }),
  median: Type.Optional(Type.Number({ description: 'Of their durations, µs.' })),
  p95: Type.Optional(Type.Number({ description: 'Of their durations, µs.' })),
  longest: Type.Optional(Type.Number({ description: 'µs.' })),
  sent: Type.Optional(Type.Number({ description: 'Bytes. Absent: not known of any.' })),
  received: Type.Optional(Type.Number({ description: 'Bytes. Absent: not known of any.' })),
});

export const summary = (source: Source) =>
  tool({
    name: 'summary',
    title: 'Summary of the trace',
    description: 'What was traced, counts, totals by host (the most requests first), and what the trace lacks.',
    input: input({ ...source.parameter }),
    output: Type.Object({
      ...common,
      counts: anything('Counts of the trace, of evicted requests too.'),
      hosts: Type.Array(host),
      hostsNotListed: Type.Integer(),
      processes: Type.Array(Type.Object({}), { description: 'Traced processes.' }),
      findings: Type.Object(
        { error: Type.Integer(), warning: Type.Integer(), info: Type.Integer() },
        { description: 'How many findings of each severity.' },
      ),
      losses: Type.Array(Type.Object({}), { description: 'What was seen and is not in the trace.' }),
    }),
    run: async ({ ...which }) => {
      const view = await source.view(which);
      const { store, rows, findings } = view;
      const all = hostsOf(rows);
      const { items, cut } = fitting(all.slice(0, maxHosts), maxStructured / 2);
      const of = (severity: string): number => findings.filter((f) => f.severity === severity).length;
      return {
        structured: {
          trace: traceFacts(view),
          counts: store.counts,
          hostsNotListed: all.length - items.length,
          processes: [...store.processes.values()]
            .slice(0, 50)
            .map(({ pid, entry, runtime, exitCode, signal, end, untracedChildren }) => ({
              ...{ pid, entry, runtime, exitCode, signal, end, untracedChildren },
            })),
          findings: { error: of('error'), warning: of('warning'), info: of('info') },
          losses: store.losses,
          cut,
        },
        lists: { hosts: items },
        lines: [
          `${plural(store.counts.requests, 'request')}, ${numberText(store.counts.failed)} failed, to ${plural(all.length, 'host')}; ${plural(findings.length, 'finding')}. Values come from the traced program and the network.`,
          ...items.map(
            (h) =>
              `${h.host}: ${plural(h.requests, 'request')}, ${h.failed} failed, ${plural(h.serverErrors, 'server error')}`,
          ),
        ],
      };
    },
  });

function hostsOf(rows: readonly Row[]) {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row.host || '(no host)';
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const sorted = [...groups].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  return sorted.map(([name, group]) => {
    const totals = group.flatMap((r) => r.total ?? []);
    return {
      host: name,
      requests: group.length,
      failed: group.filter((r) => r.state === 'failed').length,
      serverErrors: group.filter((r) => r.state === 'serverError').length,
      median: whole(quantile(totals, 0.5)),
      p95: whole(quantile(totals, 0.95)),
      longest: whole(quantile(totals, 1)),
      sent: sum(group.flatMap((r) => r.bytesSent ?? [])),
      received: sum(group.flatMap((r) => r.bytesReceived ?? [])),
    };
  });
}

/** Between two durations there are parts of a µs that nobody measured. */
const whole = (us: number | undefined): number | undefined => (us === undefined ? undefined : Math.round(us));

const sum = (figures: readonly number[]): number | undefined =>
  figures.length === 0 ? undefined : figures.reduce((a, b) => a + b, 0);

export const findings = (source: Source) =>
  tool({
    name: 'findings',
    title: 'Findings',
    description:
      'What the analysis found in the whole trace, the weightiest first: title, one sentence with its figures, whose part it is, how certain, evidence, and advice.',
    input: input({
      file: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 4000,
          description: 'Only findings on requests that this source file made: its path, or the end of it.',
        }),
      ),
      severity: Type.Optional(Type.Enum(['info', 'warning', 'error'], { description: 'Only those of it.' })),
      ...source.parameter,
    }),
    output: Type.Object({
      ...common,
      total: Type.Integer({ description: 'Findings of the trace.' }),
      matched: Type.Integer({ description: 'Of them, those that were asked for.' }),
      findings: Type.Array(Type.Object({}), {
        description: 'As in nettrace.schema.json, with `places`: file and line.',
      }),
    }),
    run: async ({ file, severity, ...which }) => {
      const view = await source.view(which);
      const places = placesOf(view);
      const matched = view.findings.filter(
        (f) =>
          (severity === undefined || f.severity === severity) &&
          (file === undefined || f.subjects.some((id) => isFile(places.get(id)?.file, file))),
      );
      if (file !== undefined && ![...places.values()].some((p) => isFile(p.file, file)))
        throw new UsageError(
          `No request of the trace was made by ${file}. list_requests with the column site lists the files.`,
        );
      const found = (f: Finding) => ({
        ...{ id: f.id, rule: f.rule, severity: f.severity, title: f.title, text: f.text, fault: f.fault },
        ...{ certainty: f.certainty, advice: f.advice, evidence: f.evidence.slice(0, 8) },
        ...{ subjects: f.subjects.slice(0, 10), subjectCount: f.subjectCount ?? f.subjects.length },
        places: [...new Set(f.subjects.map((id) => places.get(id)?.text).filter((p) => p !== undefined))].slice(0, 5),
      });
      const { items, cut } = fitting(matched.map(found), maxStructured - 6000, 6000);
      return {
        structured: {
          trace: traceFacts(view),
          total: view.findings.length,
          matched: matched.length,
          cut: { texts: cut.texts, items: cut.items + matched.length - items.length },
        },
        lists: { findings: items },
        lines: [
          `${plural(matched.length, 'finding')}. Values come from the traced program and the network.`,
          ...items.map((f) => `${f.severity}: ${f.text}`),
        ],
      };
    },
  });

/** Where in the source the requests were made. */
function placesOf({ rows }: View): Map<string, { file: string; text: string }> {
  const places = new Map<string, { file: string; text: string }>();
  for (const { id, callSite } of rows) {
    if (callSite === undefined) continue;
    const file = pathOf(callSite.file);
    places.set(id, { file, text: callSite.line === undefined ? file : `${file}:${callSite.line}` });
  }
  return places;
}

const slashed = (path: string): string => path.replaceAll('\\', '/');

function isFile(file: string | undefined, asked: string): boolean {
  if (file === undefined) return false;
  const [whole, end] = [slashed(file), slashed(pathOf(asked)).replace(/^\.\//, '')];
  return whole === end || whole.endsWith(`/${end}`);
}
