/** Builders for tests: a store of hand-made records of thread 1-0, with what a rule does not ask for left out. */
import type {
  Certificate,
  Connection,
  Dial,
  Finding,
  KernelEvent,
  KernelSample,
  Lookup,
  Process,
  Request,
  Source,
  TlsTunnel,
} from '../../model/records';
import type { Store } from '../../model/store/store';
import { emptyStore, foldLines } from '../../model/testing/store';
import { analyse } from '../analyse';

export const ms = 1000;

export interface Records {
  requests?: (Partial<Request> & { id: string })[];
  connections?: (Partial<Connection> & { id: string })[];
  dials?: (Partial<Dial> & { id: string })[];
  lookups?: (Partial<Lookup> & { id: string })[];
  tunnels?: (Partial<TlsTunnel> & { id: string })[];
  certificates?: Certificate[];
  /** Of connection `c`, in order. */
  samples?: (Partial<KernelSample> & { at: number })[];
  events?: (Partial<KernelEvent> & Pick<KernelEvent, 'at' | 'kind'>)[];
  sources?: Source[];
  /** Of process 1, whose thread is 1-0. */
  process?: Partial<Process>;
}

export function storeOf(r: Records): Store {
  const store = foldLines([], emptyStore());
  const thread = '1-0';
  if (r.process)
    store.setProcess({
      id: '1',
      pid: 1,
      startAt: 0,
      threads: [{ id: thread, threadId: 0, kind: 'main', beginAt: 0, clockOffset: 0 }],
      ...r.process,
    });
  for (const c of r.certificates ?? []) store.certificates.set(c.fingerprint256, c);
  for (const c of r.connections ?? []) store.setConnection({ thread, ...c });
  for (const l of r.lookups ?? []) store.setLookup({ thread, ...l });
  for (const d of r.dials ?? []) store.setDial({ thread, ...d });
  for (const t of r.tunnels ?? []) store.setTunnel(t);
  for (const q of r.requests ?? []) store.setRequest({ thread, ...q });
  const connection = 'c';
  if (r.samples)
    store.setKernelSamples(
      connection,
      r.samples.map((s, i) => ({ id: `s-${i + 1}`, connection, trigger: 'interval', ...s })),
    );
  for (const [i, e] of (r.events ?? []).entries()) store.addKernelEvent({ id: `e-${i + 1}`, connection, ...e });
  if (r.sources) store.header = { ...store.header, sources: r.sources };
  return store;
}

export const site = (line: number, file = '/app/shop.ts'): NonNullable<Request['callSite']> => ({
  file,
  line,
  column: 1,
  kind: 'user',
});

/** A whole exchange on an established connection: `wait` ms for the server, then 1 ms of body. */
export function exchange(
  n: number,
  at: number,
  more: Partial<Request> & { wait?: number; url?: string } = {},
): Partial<Request> & { id: string } {
  const { wait = 10, ...rest } = more;
  const t = at * ms;
  return {
    id: `1-0-${n}`,
    createdAt: t,
    method: 'GET',
    url: 'https://api.shop.example/items',
    ordinal: 2,
    assignedAt: t,
    sendBeginAt: t,
    sendEndAt: t,
    responseBeginAt: t + wait * ms,
    endAt: t + (wait + 1) * ms,
    outcome: 'complete',
    response: { status: 200 },
    ...rest,
  };
}

/** The first finding of a rule, long after all ended. */
export const findingOf = (records: Records, rule: string): Finding | undefined =>
  analyse(storeOf(records), 9e9).find((f) => f.rule === rule);

/** Rules that fire on the records, in order. */
export const rulesOf = (r: Records): string[] => analyse(storeOf(r)).map((f) => f.rule);
