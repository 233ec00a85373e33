import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Request } from '../../../src/model/records';
import { type SessionOptions, TraceSession } from '../../../src/session/session';
import type { NodeVersion } from '../../support/programs/nodes';
import { cleanEnvironment, engineOptions } from '../../support/programs/program';
import { hookFile, hookFolder } from '../../support/programs/run';
import { certificate } from '../../support/servers/certificates';

export type Client = 'http' | 'https' | 'fetch' | 'http2';

interface Job {
  client: Client;
  url: string;
  count?: number;
  in?: 'worker' | 'child';
  /** Another one, which nobody waits for, after some time. */
  later?: { url: string; ms: number };
}

/** `/api/…` answers 503, `/wait/MS` after some time, all else 200; the names of hosts are looked up. */
export class Servers {
  readonly origins = {} as Record<Client, string>;
  /** Paths of the requests that came. */
  readonly seen: string[] = [];
  readonly #servers: Server[] = [];

  static async start(): Promise<Servers> {
    const servers = new Servers();
    const answer = (path: string | undefined, end: (status: number) => void) => {
      servers.seen.push(path ?? '');
      const ms = Number(/^\/wait\/(\d+)/.exec(path ?? '')?.[1] ?? 0);
      setTimeout(() => end(path?.startsWith('/api/') ? 503 : 200), ms);
    };
    const plain = createServer((q, r) => answer(q.url, (status) => void r.writeHead(status).end('hello')));
    const secure = createSecure(certificate('server'), (q, r) =>
      answer(q.url, (status) => void r.writeHead(status).end('hello')),
    );
    const streams = createHttp2((q, r) => answer(q.url, (status) => void r.writeHead(status).end('hello')));
    for (const [name, server, scheme] of [
      ['http', plain, 'http'],
      ['https', secure, 'https'],
      ['http2', streams, 'http'],
    ] as const) {
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      servers.origins[name] = `${scheme}://localhost:${(server.address() as AddressInfo).port}`;
      servers.#servers.push(server);
    }
    servers.origins.fetch = servers.origins.http;
    return servers;
  }

  close(): void {
    for (const server of this.#servers) {
      server.close();
      (server as { closeAllConnections?(): void }).closeAllConnections?.();
    }
  }
}

/** A program that makes requests on command, under a session. */
export class Driver {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  errors = '';

  private constructor(
    readonly session: TraceSession,
    node: NodeVersion,
    own: Record<string, string>,
  ) {
    const env = { ...cleanEnvironment(), ...own, UP_CA: certificate.root };
    const program = join(import.meta.dirname, '../programs/driver.cjs');
    session.begin();
    this.#child = spawn(node.binary, [...engineOptions(node, program), program], {
      env: { ...env, ...session.environment(env) },
      stdio: 'pipe',
    });
    this.#child.stderr?.on('data', (d) => {
      this.errors += String(d);
    });
    this.#answers = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  static async start(
    node: NodeVersion,
    options: Partial<SessionOptions>,
    env: Record<string, string> = {},
  ): Promise<Driver> {
    const session = await TraceSession.create({ hookFile, cacheFolder: hookFolder, ...options });
    return new Driver(session, node, env);
  }

  /** What the program got: statuses, or codes of errors. */
  async ask(job: Job | { patched: true } | { control: true }): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(job)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the program ended: ${this.errors}`);
    return JSON.parse(value as string);
  }

  /** Ends the program, then the session; its requests in the order of their begin. */
  async end(): Promise<readonly Request[]> {
    const ended = new Promise<number | null>((resolve) => this.#child.once('close', resolve));
    this.#child.stdin?.end();
    const exitCode = await ended;
    this.session.processEnded(this.#child.pid ?? 0, exitCode === null ? {} : { exitCode });
    await this.session.finish('ended');
    return this.session.document().requests;
  }

  async dispose(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.session.dispose();
  }
}
