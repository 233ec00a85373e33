/**
 * Plays a program and writes its spool as the hook would: requests of every kind at random times, over several isolates.
 * All comes from a list of numbers, so that a property test can shrink a failure; an exhausted list gives zeros (the
 * simplest of everything).
 */
import { traceId } from './store';

export interface SpoolFile {
  name: string;
  lines: string[];
}

type Fields = Record<string, unknown>;

/** Numbers of the list, one after the other, each below the bound asked for. */
class Draw {
  #next = 0;
  readonly #numbers: readonly number[];

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }
  below(bound: number): number {
    return Math.abs(this.#numbers[this.#next++] ?? 0) % bound;
  }
  /** µs, sometimes 0. */
  time(): number {
    return this.below(4) === 0 ? 0 : this.below(5000);
  }
  chance(oneIn: number): boolean {
    return this.below(oneIn) === 1;
  }
}

interface Socket {
  id: number;
  dial: number;
  ready: number;
  requests: number;
  secure: boolean;
  protocol: string;
  freeAt: number;
}

class Isolate {
  readonly #events: { at: number; line: Fields }[] = [];
  readonly #idle: Socket[] = [];
  readonly #open: Socket[] = [];
  #id = 0;
  #now = 10;

  readonly #draw: Draw;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  play(requests: number): Fields[] {
    for (let i = 0; i < requests; i++) {
      this.#now += this.#draw.time();
      const kinds = [
        this.#plain,
        this.#reused,
        this.#refused,
        this.#unknownHost,
        this.#badCertificate,
        this.#pooled,
        this.#tunnelled,
        this.#streams,
        this.#redirected,
        this.#unfinished,
        this.#bare,
        this.#datagrams,
      ];
      (kinds[this.#draw.below(kinds.length)] as () => void).call(this);
    }
    for (const s of this.#open)
      if (this.#draw.chance(2))
        this.#write(s.freeAt + this.#draw.time(), {
          k: 'close',
          id: s.id,
          bytesSent: 10,
          bytesReceived: 20,
          closedAt: s.freeAt + 1,
          closedBy: 'local',
        });
    const lines = this.#events.sort((a, b) => a.at - b.at).map((e) => e.line);
    const last = this.#events.at(-1)?.at ?? this.#now;
    return this.#draw.chance(2) ? [...lines, { k: 'exit', at: last + this.#draw.time(), code: 0 }] : lines;
  }

  #write(at: number, line: Fields): void {
    this.#events.push({ at, line });
  }

  #newId(): number {
    return ++this.#id;
  }

  /** A request of now; it is written at once. */
  #request(extra: Fields = {}): { id: number; createdAt: number } {
    const id = this.#newId();
    const createdAt = this.#now;
    const url = `http://a.example/${id}`;
    this.#write(createdAt, { k: 'req', id, createdAt, api: 'http', method: 'GET', url, ...extra });
    if (this.#draw.chance(3)) {
      this.#write(createdAt + 1, { k: 'src', n: id, at: ['/app/x.js', id, 1, '', 'user'] });
      this.#write(createdAt + 2, { k: 'site', s: [id, id] });
    }
    return { id, createdAt };
  }

  /** A dial for a request, with its lookup and attempts; undefined connection: it failed. */
  #dial(
    request: number,
    from: number,
    outcome: 'ok' | 'refused' | 'unknown',
    more: Fields = {},
  ): { id: number; at: number; socket?: number } {
    const id = this.#newId();
    let at = from;
    const isName = outcome === 'unknown' || this.#draw.chance(2);
    this.#write(at, {
      k: 'dial',
      id,
      request,
      via: 'agent',
      host: isName ? 'a.example' : '127.0.0.1',
      port: 80,
      beginAt: at,
      ...more,
    });
    const error = {
      phase: outcome === 'unknown' ? 'dns' : 'tcp',
      code: outcome === 'unknown' ? 'ENOTFOUND' : 'ECONNREFUSED',
    };
    if (isName && more.path === undefined) {
      const beginAt = at + this.#draw.below(10);
      at = beginAt + this.#draw.time();
      this.#write(at, {
        k: 'lookup',
        id: this.#newId(),
        dial: id,
        call: 'lookup',
        hostname: 'a.example',
        beginAt,
        endAt: at,
        addresses: [],
        ...(outcome === 'unknown' ? { error } : {}),
      });
    }
    const attempts: Fields[] = [];
    if (outcome !== 'unknown') {
      const count = 1 + this.#draw.below(2);
      for (let i = 0; i < count; i++) {
        const beginAt = at + this.#draw.below(5);
        at = beginAt + 1 + this.#draw.time();
        const won = outcome === 'ok' && i === count - 1;
        attempts.push({
          id: this.#newId(),
          family: 4,
          ...(more.path === undefined ? { remote: { address: '127.0.0.1', port: 80 } } : { path: more.path }),
          beginAt,
          endAt: at,
          result: won ? 'connected' : 'failed',
          ...(won ? {} : { error }),
        });
      }
    }
    const socket = outcome === 'ok' ? (attempts.at(-1)?.id as number) : undefined;
    this.#write(at, {
      k: 'conn',
      dial: id,
      endAt: at,
      attempts,
      ...(socket === undefined
        ? { error }
        : { connection: socket, local: { address: '127.0.0.1', port: 40_000 + id } }),
    });
    return { id, at, ...(socket === undefined ? {} : { socket }) };
  }

  #tls(connection: number, from: number, purpose = 'origin', error?: Fields): number {
    const beginAt = from + this.#draw.below(5);
    const endAt = beginAt + this.#draw.time();
    this.#write(endAt, {
      k: 'tls',
      id: this.#newId(),
      connection,
      purpose,
      beginAt,
      endAt,
      serverName: 'a.example',
      resumed: false,
      ...(error ? { error } : {}),
    });
    return endAt;
  }

  /** The exchange on a ready socket, from `at`; ends the request in one of many ways. Returns when the socket is free. */
  #exchange(r: { id: number; createdAt: number }, s: Socket, at: number, dial?: number, extra: Fields = {}): number {
    const sendBeginAt = at + this.#draw.below(20);
    const sendEndAt = sendBeginAt + this.#draw.time();
    const early = this.#draw.chance(8);
    const responseBeginAt = early
      ? sendBeginAt + this.#draw.below(Math.max(1, sendEndAt - sendBeginAt))
      : sendEndAt + this.#draw.time();
    const endAt = Math.max(sendEndAt, responseBeginAt) + this.#draw.time();
    s.requests++;
    const link = {
      connection: s.id,
      ordinal: s.requests,
      protocol: s.protocol,
      ...(dial === undefined ? {} : { dial }),
    };
    const outcome =
      (extra.outcome as string | undefined) ??
      ['complete', 'complete', 'complete', 'aborted', 'failed', 'notRead', 'upgraded', undefined][this.#draw.below(8)];
    const head = { assignedAt: at, sendBeginAt, sendEndAt, responseBeginAt };
    const response = { status: outcome === 'upgraded' ? 101 : 200, declaredBytes: 5 };
    const cut = outcome === 'aborted' || outcome === 'failed' ? this.#draw.below(3) : 2;
    const known: Fields =
      cut === 0 ? { assignedAt: at } : cut === 1 ? { assignedAt: at, sendBeginAt, sendEndAt } : { ...head, response };
    if (cut === 2 && (outcome === undefined || this.#draw.chance(2)))
      this.#write(responseBeginAt, { k: 'head', id: r.id, ...link, ...head, response });
    if (outcome === undefined) return Number.POSITIVE_INFINITY;
    const error =
      outcome === 'failed'
        ? { error: { phase: cut === 0 ? 'send' : cut === 1 ? 'wait' : 'download', code: 'ECONNRESET' } }
        : {};
    const relative = [at, known.sendBeginAt, known.sendEndAt, known.responseBeginAt, endAt].map((v) =>
      v === undefined ? null : (v as number) - r.createdAt,
    );
    const { response: said } = known as { response?: Fields };
    const facts = this.#draw.chance(2) ? { t: relative, ...(said ? { response: said } : {}) } : { ...known, endAt };
    this.#write(endAt, { k: 'end', id: r.id, ...link, ...facts, outcome, ...error, ...extra });
    s.freeAt = endAt;
    if (outcome === 'complete') this.#idle.push(s);
    return outcome === 'complete' ? endAt : Number.POSITIVE_INFINITY;
  }

  #socket(id: number, dial: number, ready: number, secure = false, protocol = 'http/1.1'): Socket {
    const s = { id, dial, ready, requests: 0, secure, protocol, freeAt: ready };
    this.#open.push(s);
    return s;
  }

  #plain(extra: Fields = {}): number {
    const secure = this.#draw.chance(2);
    const r = this.#request(secure ? { url: 'https://a.example/', api: 'https', ...extra } : extra);
    const unix = !secure && this.#draw.chance(5) ? { path: '/run/x.sock' } : {};
    const d = this.#dial(r.id, r.createdAt + this.#draw.time(), 'ok', unix);
    const ready = secure ? this.#tls(d.socket as number, d.at) : d.at;
    return this.#exchange(
      r,
      this.#socket(d.socket as number, d.id, ready, secure),
      ready + this.#draw.below(3),
      d.id,
      {},
    );
  }

  /** A connection without a request, of the program's own or opened to it, with its operations. */
  #bare(): void {
    const id = this.#newId();
    const beginAt = this.#now;
    const incoming = this.#draw.chance(3);
    const dial = incoming ? {} : { dial: this.#newId() };
    if (!incoming) {
      this.#write(beginAt, { k: 'dial', id: dial.dial, via: 'net', host: '127.0.0.1', port: 5432, beginAt });
      this.#write(beginAt + 1, { k: 'src', n: id, at: ['/app/db.js', id, 1, '', 'library'] });
      this.#write(beginAt + 1, { k: 'site', s: [dial.dial, id] });
    }
    const endAt = beginAt + 1 + this.#draw.time();
    const remote = { address: '127.0.0.1', port: 5432 };
    const attempts = [{ id, remote, ...(incoming ? {} : { beginAt }), endAt, result: 'connected' }];
    this.#write(endAt, {
      k: 'conn',
      ...dial,
      ...(incoming ? { direction: 'in' } : {}),
      endAt,
      attempts,
      connection: id,
    });
    const count = this.#draw.below(6);
    const at = endAt + this.#draw.time();
    const list = Array.from({ length: count }, (_, i) =>
      i % 2 === 0 ? [2, at + i, at + i + 1, 7] : [0, null, null, 9],
    );
    if (count > 0) this.#write(at + count, { k: 'ops', connection: id, list });
    const closedAt = at + count + 1;
    const sent = { bytesSent: 7, bytesReceived: 9 };
    if (this.#draw.chance(3)) this.#write(closedAt, { k: 'close', id, ...sent, closedBy: 'processExit' });
    else this.#write(closedAt, { k: 'close', id, ...sent, closedAt, closedBy: 'peer' });
  }

  #datagrams(): void {
    const [dial, id] = [this.#newId(), this.#newId()];
    const createdAt = this.#now;
    const remote = { address: '127.0.0.1', port: 53 };
    const conn = { k: 'conn', dial, kind: 'udp', createdAt, connection: id };
    this.#write(createdAt, { k: 'dial', id: dial, via: 'dgram', family: 4, beginAt: createdAt });
    this.#write(createdAt, { ...conn, attempts: [{ id }] });
    const endAt = createdAt + this.#draw.time();
    if (this.#draw.chance(2))
      this.#write(endAt, { ...conn, attempts: [{ id, remote, beginAt: createdAt, endAt, result: 'connected' }] });
    const code = 'ECONNREFUSED';
    this.#write(endAt, {
      k: 'ops',
      connection: id,
      list: [[3, endAt, endAt, 5, '127.0.0.1', 53, ...(this.#draw.chance(2) ? [code] : [])]],
    });
    if (this.#draw.chance(2)) this.#write(endAt, { k: 'close', id, error: { code, syscall: 'recvmsg' } });
    const counted = { bytesSent: 5, bytesReceived: 0, datagramsSent: 1, datagramsReceived: 0 };
    if (this.#draw.chance(2))
      this.#write(endAt + 1, { k: 'close', id, ...counted, closedAt: endAt + 1, closedBy: 'local' });
  }

  #reused(): void {
    const s = this.#idle.shift();
    if (!s) return void this.#plain();
    const r = this.#request(s.secure ? { url: 'https://a.example/', api: 'https' } : {});
    this.#exchange(r, s, Math.max(r.createdAt, s.freeAt) + this.#draw.below(5));
  }

  #refused(): void {
    const r = this.#request();
    const d = this.#dial(r.id, r.createdAt + this.#draw.time(), 'refused');
    this.#write(d.at + 1, {
      k: 'end',
      id: r.id,
      dial: d.id,
      endAt: d.at + 1,
      outcome: 'failed',
      error: { phase: 'tcp', code: 'ECONNREFUSED' },
    });
  }

  #unknownHost(): void {
    const r = this.#request();
    const d = this.#dial(r.id, r.createdAt + this.#draw.time(), 'unknown');
    this.#write(d.at + 1, {
      k: 'end',
      id: r.id,
      dial: d.id,
      endAt: d.at + 1,
      outcome: 'failed',
      error: { phase: 'dns', code: 'ENOTFOUND' },
    });
  }

  #badCertificate(): void {
    const r = this.#request({ url: 'https://a.example/', api: 'https' });
    const d = this.#dial(r.id, r.createdAt + this.#draw.time(), 'ok');
    const error = { phase: 'tls', code: 'CERT_HAS_EXPIRED' };
    const at = this.#tls(d.socket as number, d.at, 'origin', error);
    const assigned = this.#draw.chance(2) ? { connection: d.socket, ordinal: 1, assignedAt: r.createdAt } : {};
    this.#write(at + 1, { k: 'end', id: r.id, dial: d.id, ...assigned, endAt: at + 1, outcome: 'failed', error });
  }

  /** Dialled for the first, which takes another's connection; the second takes what was dialled. */
  #pooled(): void {
    const other = this.#idle.shift();
    if (!other) return void this.#plain();
    const a = this.#request(other.secure ? { url: 'https://a.example/' } : {});
    const d = this.#dial(a.id, a.createdAt + this.#draw.time(), 'ok');
    this.#exchange(a, other, Math.max(a.createdAt, other.freeAt) + this.#draw.below(50), d.id);
    this.#now += this.#draw.time();
    const b = this.#request();
    this.#exchange(b, this.#socket(d.socket as number, d.id, d.at), Math.max(b.createdAt, d.at) + 1);
  }

  #tunnelled(): void {
    const proxy = { url: 'http://p.example:3128', kind: 'http', mode: 'tunnel' };
    const r = this.#request({ url: 'https://a.example/', api: 'https', proxy });
    const d = this.#dial(r.id, r.createdAt + this.#draw.time(), 'ok', { purpose: 'proxy' });
    const s = this.#socket(d.socket as number, d.id, d.at, true);
    const c = this.#request({ method: 'CONNECT', url: 'https://a.example:443', proxy });
    const established = Math.max(d.at, c.createdAt) + this.#draw.time();
    this.#write(established, {
      k: 'end',
      id: c.id,
      dial: d.id,
      connection: s.id,
      t: [
        established - c.createdAt,
        established - c.createdAt,
        established - c.createdAt,
        established - c.createdAt,
        established - c.createdAt,
      ],
      outcome: 'tunnel',
      response: { status: 200 },
    });
    const ready = this.#tls(s.id, established);
    this.#exchange(r, s, ready, d.id);
  }

  /** Several HTTP/2 streams on one new connection. */
  #streams(): void {
    const first = this.#request({ url: 'https://a.example/', api: 'http2' });
    const second = this.#draw.chance(2) ? this.#request({ url: 'https://a.example/2', api: 'http2' }) : undefined;
    const d = this.#dial(first.id, first.createdAt + this.#draw.time(), 'ok', { via: 'http2' });
    const ready = this.#tls(d.socket as number, d.at);
    const s = this.#socket(d.socket as number, d.id, ready, true, 'h2');
    this.#exchange(first, s, ready, d.id);
    if (second) this.#exchange(second, s, ready + this.#draw.below(9), d.id);
  }

  #redirected(): void {
    const before = this.#id + 1;
    const endAt = this.#plain({ api: 'fetch' });
    if (!Number.isFinite(endAt)) return;
    this.#now = Math.max(this.#now, endAt);
    const r = this.#request({ api: 'fetch', redirectOf: before, operation: before });
    const s = this.#idle.pop();
    if (s) this.#exchange(r, s, r.createdAt + this.#draw.below(9));
  }

  /** Nothing more is heard of it. */
  #unfinished(): void {
    const r = this.#request();
    if (this.#draw.chance(2)) this.#dial(r.id, r.createdAt + this.#draw.time(), 'ok');
  }
}

/** Spool files of one to three isolates of different processes. */
export function simulatedSpool(numbers: readonly number[]): SpoolFile[] {
  const draw = new Draw(numbers);
  const count = 1 + draw.below(3);
  return Array.from({ length: count }, (_, i) => {
    const pid = 100 + i;
    const zero = String(draw.below(1_000_000) * 1000);
    const proc = {
      k: 'proc',
      v: 1,
      trace: traceId,
      pid,
      ppid: i === 0 ? 1 : 100,
      tid: 0,
      segment: 1,
      monotonicNs: zero,
      wallMs: 0,
      argv: ['node', 'x.js'],
      parts: ['http1', ...(draw.chance(2) ? ['dns'] : [])],
    };
    const lines = [
      proc,
      { k: 'ctl', at: 0, generation: 1, enabled: ['t'], reason: 'start' },
      ...new Isolate(draw).play(draw.below(12)),
    ];
    return { name: `${pid}-0-${zero}.1.jsonl`, lines: lines.map((l) => JSON.stringify(l)) };
  });
}
