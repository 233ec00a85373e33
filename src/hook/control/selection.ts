/**
 * Which requests are reported. With one trace rule for everything, the default, nothing is asked here but a flag.
 *
 * Else each request is looked at when it begins. What is decided then is reported from there on, or never. What depends on
 * something later (status, duration) is held back: its record is filled as always, but gives no line until it is known.
 * One that matches then has all it would have had; one that does not leaves nothing but a count.
 */
import type { RequestControl } from '../../model/lines/control';
import { push, pushLast, pushLater } from '../output/queue';
import { dropBodies } from '../records/body/recorded';
import { matching } from '../records/recording';
import type { RequestRecord } from '../records/request';
import { type Condition, Hold } from '../records/requestData';
import type { Wire } from '../records/wire';
import { parts } from '../runtime/guard';
import { whenRemoved } from '../runtime/patches';
import { inheritSite, keepSite, reportKept, siteWanted } from '../sites/callSite';
import { countUnreported, reportedAfterAll } from './counts';
import { countReported } from './running';
import { Active } from './traceRule';

/** Nobody asked for it. */
const silent = new Hold([], false);
/** Only counted. */
const counted = new Hold([], true);

let actives: Active[] = [];
let onReached: (ids: string[]) => void = () => {};

/** Held records that still run, for the end of the process: no more than this many. */
const running = new Set<RequestRecord>();
const maxRunning = 1000;
whenRemoved(() => running.clear());

/** Sets what is asked for. One that stays keeps its counts. `reached` is called for each limit reached, once. */
export function ask(requests: readonly RequestControl[], reached: (ids: string[]) => void): void {
  onReached = reached;
  const before = new Map(actives.map((a) => [a.id, a]));
  actives = requests.map((r) => {
    const known = before.get(r.id);
    return known?.is(r) ? known : new Active(r);
  });
  summarize();
}

function summarize(): void {
  matching.plain = actives.length > 0 && actives.every((a) => a.isEverything && !a.isCounted);
  matching.everything = actives.some((a) => a.isEverything);
  siteWanted.sites = actives.some((a) => !a.reached);
}

/** Ids of those whose limit has not been reached. */
export const inForce = (): string[] => actives.filter((a) => !a.reached).map((a) => a.id);

/** What a request's matches come to. */
interface Found {
  /** Of those that it is reported for. */
  ids: string[];
  /** Still to be seen. */
  open: Condition[];
  /** One matched, but is not the one in N that is recorded. */
  counted: boolean;
}

function matchConditions(r: RequestRecord, among: readonly Condition[]): Found {
  const found: Found = { ids: [], open: [], counted: false };
  for (const a of among) {
    const matches = a.matches(r);
    if (matches === undefined) found.open.push(a);
    if (matches !== true) continue;
    const isTaken = a.take();
    if (isTaken) found.ids.push(a.id);
    else if (isTaken === false) found.counted = true;
    if (a.reached) afterwards.push(a.id);
  }
  if (afterwards.length > 0) summarize();
  return found;
}

/** Limits to be reported after the record that reached them. */
let afterwards: string[] = [];
function reportReached(): void {
  if (afterwards.length === 0) return;
  const ids = afterwards;
  afterwards = [];
  onReached(ids);
}

/** A request begins, and not everything is asked for. */
export function beginMatched(r: RequestRecord): void {
  const { ids, open, counted: isCounted } = matchConditions(r, actives);
  if (ids.length > 0) {
    r.matches = ids;
    r.open = open.length > 0 ? open : undefined;
    takeSiteOf(r, undefined);
    push(r);
  } else if (open.length > 0) {
    r.hold = new Hold(open, isCounted);
    r.kept = keepSite(true);
    if (running.size >= maxRunning)
      for (const oldest of running) {
        running.delete(oldest);
        break;
      }
    running.add(r);
  } else leaveOut(r, isCounted);
  reportReached();
}

function leaveOut(r: RequestRecord, isCounted: boolean): void {
  r.hold = isCounted ? counted : silent;
  // Its next hop, or try, may be reported: the entry's stack is there anyhow.
  if (r.endAt === 0) r.kept ??= keepSite(false);
  if (r.bodies !== undefined) dropBodies(r);
  countUnreported(isCounted, false);
}

/** At its end nothing is left to be seen. */
const stillOpen = (r: RequestRecord, { open }: Found): Condition[] | undefined =>
  open.length > 0 && r.endAt === 0 && !r.leaving ? open : undefined;

/** The head of its answer is there, or it has ended: what waited for that is decided. */
export function decide(r: RequestRecord): void {
  const { hold, open } = r;
  if (hold === undefined) {
    if (open === undefined) return;
    const found = matchConditions(r, open);
    r.open = stillOpen(r, found);
    if (found.ids.length > 0) r.matches = [...(r.matches ?? []), ...found.ids];
    return reportReached();
  }
  if (hold.open.length === 0) return;
  const found = matchConditions(r, hold.open);
  const isCounted = hold.counted || found.counted;
  if (found.ids.length > 0) {
    r.matches = found.ids;
    r.open = stillOpen(r, found);
    report(r);
  } else if (stillOpen(r, found) !== undefined) r.hold = new Hold(found.open, isCounted);
  else {
    running.delete(r);
    leaveOut(r, isCounted);
  }
  reportReached();
}

/** A request has ended; reported or not is known before its last line is built. */
export function decideAtEnd(r: RequestRecord): void {
  decide(r);
  if (r.hold === counted && r.hasFailed) countUnreported(true, true);
}

/** The process ends: what is held is as it is. */
export function decideHeld(): void {
  if (running.size === 0) return;
  for (const r of [...running]) {
    r.leaving = true;
    decide(r);
  }
  running.clear();
}

/** Held back until now: it is reported, with what it needs. */
function report(r: RequestRecord): void {
  r.hold = undefined;
  running.delete(r);
  takeSiteOf(r, r.kept);
  r.kept = undefined;
  countReported(r);
  if (r.endAt === 0) push(r);
  for (const wire of [r.dial, r.wire, ...(r.priorSends ?? []).map((p) => p.wire)]) if (wire) want(wire, r);
}

/** The call site: of the hop before if that is reported, else as it was kept, or is to be taken now. */
function takeSiteOf(r: RequestRecord, kept: RequestRecord['kept']): void {
  if (!parts.callSites.on) return;
  const before = r.redirectOf ?? r.retryOf;
  if (before !== undefined && before.hold === undefined) return inheritSite(r, before);
  const site = before?.kept ?? kept ?? (r.endAt === 0 && r.responseBeginAt === 0 ? keepSite(true) : undefined);
  if (site !== undefined) reportKept(site, r);
}

/** A request that is reported goes over this socket: so is the socket, and the CONNECT that made a tunnel of it. */
export function want(wire: Wire, r: RequestRecord): void {
  if (!wire.wanted) {
    wire.wanted = true;
    wire.raw = false;
    push(wire);
    if (wire.closedBy !== '') pushLast(wire.closing);
  }
  const connect = wire.route?.connect ?? wire.route?.pending;
  if (connect?.hold === undefined || connect === r) return;
  connect.matches = r.matches;
  if (connect.hold === silent) reportedAfterAll();
  report(connect);
  if (connect.endAt !== 0) push(connect);
}

/** Soon, but its end may come first. What is not reported is decided as far as it can be. */
export function hasResponse(r: RequestRecord): void {
  if (r.hold !== undefined || r.open !== undefined) decide(r);
  if (r.hold === undefined) pushLater(r);
}
