/**
 * A client session of `http2`: which streams are open and which wait until the peer allows one more. nghttp2 keeps the
 * HEADERS of a stream too many, though Node has given it an id by then; it sends them when another stream closes.
 */
import type { ClientHttp2Session } from 'node:http2';
import type { Wire } from '../records/wire';
import { assign, hasSent } from '../request/steps';
import { now } from '../runtime/clock';
import { nextId, past } from '../runtime/ids';
import { goawayOf } from './codes';
import type { Http2Record } from './record';

/** What a peer allows until it says otherwise. */
const initialLimit = 100;

export class Session {
  private readonly id = nextId();
  private open = 0;
  private waiting: Http2Record[] = [];
  private settled = false;
  /** The program ended it: instant, and the error it gave. */
  leftAt = 0;
  leftWith: unknown = undefined;
  goaway = false;

  constructor(
    readonly session: ClientHttp2Session,
    readonly wire: Wire | undefined,
    readonly scheme: string,
    /** undici made it, for requests that are known by other ways. */
    readonly byUndici: boolean,
    /** It was there before tracing began: how many streams are open is not known. */
    private readonly earlier = false,
  ) {}

  /** Tracing stopped since: how many streams are open is no longer known. */
  get isPast(): boolean {
    return this.id <= past.id;
  }

  /** A stream has its id: its HEADERS leave now, unless as many streams are open as may be. */
  give(r: Http2Record): void {
    if (this.waiting.length > 0 || this.open >= this.limit()) {
      const holder = this.wire?.last;
      if (this.open === 1 && holder?.hold === undefined) r.blockedBy = holder?.id ?? 0;
      this.waiting.push(r);
    } else this.send(r);
  }

  /** A stream is over, or gave up waiting. */
  leave(r: Http2Record): void {
    if (r.assignedAt === 0) this.waiting = this.waiting.filter((one) => one !== r);
    else this.open--;
    this.next();
  }

  /** The peer's settings came. */
  settle(): void {
    this.settled = true;
    this.next();
  }

  private next(): void {
    if (this.waiting.length === 0) return;
    const limit = this.limit();
    while (this.open < limit) {
      const r = this.waiting.shift();
      if (r === undefined) return;
      this.send(r);
    }
  }

  private limit(): number {
    if (this.earlier) return Number.POSITIVE_INFINITY;
    if (!this.settled) return initialLimit;
    const max = this.session.remoteSettings?.maxConcurrentStreams;
    return typeof max === 'number' ? max : initialLimit;
  }

  private send(r: Http2Record): void {
    const { stream } = r;
    this.open++;
    assign(r, this.wire, true);
    r.sendBeginAt = r.assignedAt;
    if (this.wire !== undefined) this.wire.sentHeads++;
    // Nothing to come: HEADERS carried END_STREAM.
    if (stream.writableEnded && r.given === 0 && stream.writableLength === 0) {
      hasSent(r);
      r.sendEndAt = r.assignedAt;
    }
  }

  /** GOAWAY, as soon as the session says so. */
  heardGoaway(): void {
    if (this.goaway) return;
    const state = goawayState(this.session);
    if (state === undefined) return;
    this.goaway = true;
    if (this.wire !== undefined) this.wire.goaway = goawayOf(now(), state.code, state.lastStreamId);
  }
}

let stateKey: symbol | undefined;

/** Both figures of the last GOAWAY may be 0; that none came shows only in the session's own state. */
function goawayState(session: ClientHttp2Session): { code: number; lastStreamId: number } | undefined {
  stateKey ??= Object.getOwnPropertySymbols(session).find((s) => s.description === 'state');
  const state = stateKey === undefined ? undefined : (session as unknown as Record<symbol, unknown>)[stateKey];
  if (typeof state !== 'object' || state === null) return undefined;
  const { goawayCode, goawayLastStreamID } = state as { goawayCode?: unknown; goawayLastStreamID?: unknown };
  if (typeof goawayCode !== 'number') return undefined;
  return { code: goawayCode, lastStreamId: typeof goawayLastStreamID === 'number' ? goawayLastStreamID : 0 };
}
