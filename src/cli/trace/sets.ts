/** Sets of runs: a trace, or a folder of traces that are runs of the same program. */
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { findingsOf } from '../../analysis/document';
import { readSuffixes } from '../../formats/file/sniff';
import type { Finding, Trace } from '../../model/records';
import { maskUrl } from '../../model/secrets/mask';
import { Store } from '../../model/store/store';
import { UsageError } from '../terminal/say';
import { endOf, openTrace } from './open';

export interface Opened {
  /** As it was given, or below the folder that was given. */
  name: string;
  store: Store;
  findings: Finding[];
}

/** More traces at once are a mistake, such as the folder of all builds. */
const maxTraces = 200;

/** Throws UsageError or FormatError: what cannot be read, by its name. */
export async function openSet(paths: readonly string[]): Promise<Opened[]> {
  const files = (await Promise.all(paths.map(tracesOf))).flat();
  if (files.length > maxTraces) throw new UsageError(`${files.length} traces were given; use at most ${maxTraces}.`);
  const opened: Opened[] = [];
  // One after the other: a document needs several times the memory of its records.
  for (const name of files) {
    const store = Store.fromDocument(masked(await openTrace(name)));
    opened.push({ name, store, findings: findingsOf(store, endOf(store)) });
  }
  return opened;
}

/** The traces in a folder; the folder itself where it is what a killed run left. */
async function tracesOf(path: string): Promise<string[]> {
  const names = await fs.readdir(path).catch(() => undefined);
  if (names === undefined) return [path];
  const traces = names.filter((name) => readSuffixes.some((suffix) => name.toLowerCase().endsWith(suffix))).sort();
  return traces.length > 0 ? traces.map((name) => join(path, name)) : [path];
}

/** The hook masks; files may come from elsewhere. */
const masked = (trace: Trace): Trace => ({
  ...trace,
  requests: trace.requests.map((r) => (r.url === undefined ? r : { ...r, url: maskUrl(r.url) })),
});
