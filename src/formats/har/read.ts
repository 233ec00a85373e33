/**
 * HAR as a trace: one request an entry; its instants and the setup of its connection are rebuilt from the timings.
 * -1, null and what is not there are absent. Quirks of the programs that write HAR, and what is made of them:
 *
 * - ssl above connect (proxies): connect is without ssl there; it is said in the tunnel's `missing`.
 * - dns and connect of 0 on a reused connection (Firefox): no setup took place.
 * - `connection` that is a port (Firefox) or missing (Playwright): see readConnections.ts.
 * - No response: status 0 or -1, an error in `_error` of entry or response.
 */
import { Check } from '../../model/base/checks';
import type { Process, Request, Trace } from '../../model/records';
import { expectValid, invalid } from '../file/parse';
import {
  headerLevelOf,
  type ImportedHeader,
  importedId,
  importedTrace,
  noThread,
  present,
  sound,
  uuidOf,
} from '../shared/imported';
import { nanosecondsOf, rfc3339Of } from '../shared/time';
import { type HarEntryInput, type HarInput, type HarPageInput, harInput } from './input';
import { HarConnections } from './readConnections';
import { linkHops, requestOfEntry } from './readRequest';
import { timesOf } from './readTimes';

const harCheck = new Check(harInput, 'har');

/** The trace of a parsed HAR file; `text` is what it was parsed from. Throws FormatError. */
export function traceOfHar(value: unknown, text: string): Trace {
  expectValid(harCheck, value, text);
  const { log } = value as HarInput;
  const begins = log.entries.map((e, i) => wallTime(e.startedDateTime, i, text));
  const pages = log.pages ?? [];
  const pageBegins = pages.map((p) => nanosecondsOf(p.startedDateTime ?? ''));
  const first = [...begins, ...pageBegins.filter((b) => b !== undefined)].reduce(
    (a, b) => (a === undefined || b < a ? b : a),
    undefined as bigint | undefined,
  );
  const begin = first ?? 0n;
  const at = (ns: bigint) => sound(Number(ns - begin) / 1000) ?? 0;

  const threads = new Threads(
    pages,
    pageBegins.map((b) => (b === undefined ? 0 : at(b))),
    log,
  );
  const connections = new HarConnections();
  const order = log.entries.map((_, i) => i).sort((a, b) => at(begins[a] as bigint) - at(begins[b] as bigint) || a - b);
  const requests: Request[] = [];
  const read = order.map((i) => {
    const entry = log.entries[i] as HarEntryInput;
    const times = timesOf(entry, at(begins[i] as bigint));
    const thread = threads.of(entry);
    const id = importedId(entry._id || `e${i + 1}`);
    const under = connections.of(entry, times, id, thread);
    const request = requestOfEntry(entry, times, { id, thread, ...under });
    requests.push(request);
    return { entry, request };
  });
  linkHops(read);
  const last = requests.reduce((n, r) => Math.max(n, r.endAt ?? r.createdAt ?? 0), 0);
  const header: ImportedHeader = present({
    id: log._nettrace?.id || uuidOf(text),
    producer: { name: log.creator?.name ?? '', version: log.creator?.version ?? '' },
    ...(log.comment ? { description: log.comment } : {}),
    beginTime: rfc3339Of(begin) ?? '1970-01-01T00:00:00.000Z',
    endAt: last,
    settings: { headerLevel: headerLevelOf(allHeaders(requests)) },
    format: 'HAR 1.2',
    missing: log._nettrace?.missing ?? [],
  });
  return importedTrace(header, { processes: threads.processes(), requests, ...connections.records() });
}

/** RFC 3339, or what else Date reads: some writers leave the colon out of the zone. */
function wallTime(time: string, index: number, text: string): bigint {
  const exact = nanosecondsOf(time);
  if (exact !== undefined) return exact;
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw invalid(['log', 'entries', index, 'startedDateTime'], 'must be a date and time', text);
  return BigInt(ms) * 1_000_000n;
}

function allHeaders(requests: readonly Request[]) {
  return requests.flatMap((r) => [...(r.headers ?? []), ...(r.response?.headers ?? [])]);
}

/** Pages are processes here, as they are when we write HAR; `_process` is a thread of one. */
class Threads {
  readonly #processes = new Map<string, Process>();

  readonly #log: HarInput['log'];

  constructor(pages: readonly HarPageInput[], begins: readonly number[], log: HarInput['log']) {
    this.#log = log;

    for (const [i, page] of pages.entries()) {
      if (page.id === undefined || page.id === null) continue;
      this.#add(String(page.id), begins[i] ?? 0, page.title ?? undefined);
    }
  }

  of(entry: HarEntryInput): string {
    const page = entry.pageref === undefined || entry.pageref === null ? undefined : String(entry.pageref);
    const own = /^(.+)-(\d{1,6})$/.exec(entry._process ?? '');
    const process = own?.[1] ?? page;
    if (process === undefined) return noThread;
    const threadId = own ? Number(own[2]) : 0;
    const id = importedId(process);
    const known = this.#processes.get(id) ?? this.#add(process, 0, undefined, page);
    const thread = `${id}-${threadId}`;
    if (!known.threads.some((t) => t.id === thread)) {
      const kind = threadId === 0 ? 'main' : 'worker';
      known.threads.push({ id: thread, threadId, kind, beginAt: known.startAt, clockOffset: 0 });
    }
    return thread;
  }

  processes(): Process[] {
    return [...this.#processes.values()];
  }

  #add(name: string, startAt: number, entry: string | undefined, page?: string): Process {
    const id = importedId(name);
    const { browser } = this.#log;
    const parent = page !== undefined && page !== name ? importedId(page) : undefined;
    const process: Process = present({
      id,
      pid: /^\d{1,9}/.test(name) ? Number.parseInt(name, 10) : 0,
      parent: parent !== undefined && this.#processes.has(parent) ? parent : undefined,
      entry,
      runtime:
        browser && parent === undefined ? { name: browser.name ?? '', version: browser.version ?? '' } : undefined,
      startAt,
      threads: [],
    });
    this.#processes.set(id, process);
    return process;
  }
}
