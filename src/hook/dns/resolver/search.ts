/** A lookup through the network: names of the search list in turn, both families side by side, server by server. */
import { randomInt } from 'node:crypto';
import type { Message } from '../../../model/dnsMessage/decode';
import { encodeQuery } from '../../../model/dnsMessage/encode';
import type { Exchange } from '../../records/dns/exchange';
import { type Answer, type Asked, askByTcp, askByUdp, type Query } from './ask';
import type { ServerConfig } from './config';
import type { Found, Host, Outcome } from './host';

type Type = 'A' | 'AAAA';

/** What was learnt of one name and type. */
interface Result {
  found: Found[];
  /** The servers' word; '': none answered. */
  rcode: string;
}

/** The servers know no better: the next one is asked. */
const passing = new Set(['server-fail', 'not-implemented', 'query-refused', 'format-error']);

/** Names to ask for, in order; none: it is not a name that can be asked for. */
export function candidatesOf(hostname: string, c: ServerConfig): string[] {
  if (hostname.endsWith('.')) return [hostname.slice(0, -1)];
  const dots = hostname.split('.').length - 1;
  const searched = c.search.map((domain) => `${hostname}.${domain.replace(/\.$/, '')}`);
  const all = dots >= c.ndots ? [hostname, ...searched] : [...searched, hostname];
  return all.filter((name) => encodeQuery(0, name, 'A', 0) !== undefined);
}

let turn = 0;

export class Search {
  private readonly exchanges: Exchange[] = [];
  private readonly skipped: Outcome['skipped'] = [];
  private readonly servers: readonly string[];
  /** Some server could not do its work: the name may exist. */
  private rcodeFailed = '';
  private failed = false;
  private over = false;
  private readonly running = new Set<() => void>();

  constructor(
    private readonly host: Host,
    private readonly config: ServerConfig,
    private readonly types: readonly Type[],
    private readonly done: (outcome: Outcome | undefined) => void,
  ) {
    const { servers } = config;
    const from = config.rotate ? turn++ % servers.length : 0;
    this.servers = [...servers.slice(from), ...servers.slice(0, from)];
  }

  begin(names: readonly string[]): void {
    try {
      this.run(names, 0);
    } catch (e) {
      this.broken(e);
    }
  }

  private run(names: readonly string[], at: number): void {
    const name = names[at];
    if (name === undefined) return this.end([], this.failed ? this.rcodeFailed : 'non-existent-domain');
    const results: Result[] = [];
    for (const type of this.types) {
      this.resolve(name, type, (result) => {
        results.push(result);
        if (results.length === this.types.length) this.next(names, at, results);
      });
    }
  }

  /** Both families of a name are known. */
  private next(names: readonly string[], at: number, results: readonly Result[]): void {
    const found = results.flatMap((r) => r.found);
    if (found.length > 0) return this.end(found, 'no-error');
    const bad = results.find((r) => r.rcode === '' || passing.has(r.rcode));
    if (bad) {
      this.failed = true;
      this.rcodeFailed = bad.rcode;
      // Nobody answers: nobody will answer for another name either.
      if (bad.rcode !== 'server-fail') return this.end([], bad.rcode);
    }
    if (at + 1 < names.length) return this.run(names, at + 1);
    if (this.failed) return this.end([], this.rcodeFailed);
    this.end([], results.some((r) => r.rcode === 'non-existent-domain') ? 'non-existent-domain' : 'no-error');
  }

  private end(addresses: Found[], rcode: string): void {
    if (this.over) return;
    const again = rcode === '' || passing.has(rcode);
    this.over = true;
    this.done({
      answeredBy: rcode === '' ? '' : 'network',
      addresses,
      code: addresses.length > 0 ? '' : again ? 'EAI_AGAIN' : 'ENOTFOUND',
      rcode,
      servers: [...this.config.servers],
      skipped: this.skipped,
      exchanges: this.exchanges,
    });
  }

  /** Asks the servers one after the other, as often as the configuration says. */
  private resolve(name: string, type: Type, done: (result: Result) => void): void {
    const { config, servers } = this;
    let step = 0;
    let rcode = '';
    const next = (): void => {
      const server = servers[step % servers.length];
      if (server === undefined || step >= servers.length * config.attempts) return done({ found: [], rcode });
      const place = step++ % servers.length;
      // The later servers of a round get twice the time, shared.
      const timeoutMs = place === 0 ? config.timeoutMs : Math.max(1000, (config.timeoutMs << place) / servers.length);
      this.ask(server, name, type, timeoutMs, config.optSize, (answer) => {
        const { message } = answer;
        if (message && !passing.has(message.rcode)) return done(resultOf(message, type));
        if (message) rcode = message.rcode;
        this.skip(server, message?.rcode ?? answer.why ?? 'timeout');
        next();
      });
    };
    next();
  }

  private ask(
    server: string,
    name: string,
    type: Type,
    timeoutMs: number,
    optSize: number,
    done: (answer: Answer) => void,
  ): void {
    const query = queryOf(name, type, optSize);
    const asked: Asked = {
      host: this.host,
      server,
      port: this.host.files.port ?? 53,
      query,
      timeoutMs,
      broken: this.broken,
      running: this.running,
    };
    const answered = (answer: Answer): void => {
      // An old server that does not know OPT records.
      if (answer.message?.rcode === 'format-error' && optSize > 0) this.ask(server, name, type, timeoutMs, 0, done);
      else done(answer);
    };
    if (this.config.useTcp) {
      this.exchanges.push(askByTcp(asked, answered));
      return;
    }
    const first = askByUdp(asked, (answer) => {
      if (!answer.message?.truncated) return answered(answer);
      const second = askByTcp(asked, answered);
      second.followUpOf = first;
      this.exchanges.push(second);
    });
    this.exchanges.push(first);
  }

  /** An error in the resolver's own code. It must not reach the program, which gets the system's answer instead. */
  readonly broken = (error: unknown): void => {
    this.host.failed(error);
    for (const abandon of [...this.running]) {
      try {
        abandon();
      } catch {
        // Closed already.
      }
    }
    if (this.over) return;
    this.over = true;
    this.done(undefined);
  };

  private skip(server: string, why: string): void {
    if (this.skipped.length < 16 && !this.skipped.some((s) => s.server === server && s.why === why))
      this.skipped.push({ server, why });
  }
}

function queryOf(name: string, type: Type, optSize: number): Query {
  const id = randomInt(0x1_0000);
  // Names that cannot be asked for were left out before.
  const bytes = encodeQuery(id, name, type, optSize) ?? new Uint8Array();
  return { bytes, id, name, type };
}

function resultOf(message: Message, type: Type): Result {
  const family = type === 'A' ? 4 : 6;
  const found = message.answers.flatMap((a) =>
    a.type === type && a.value !== undefined ? [{ address: a.value, family, ttl: a.ttl }] : [],
  );
  return { found, rcode: message.rcode };
}
