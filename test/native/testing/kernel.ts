/** The helper with privileges, as the tests of its features ask it; and programs that talk, in a namespace or not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HelperClient } from '../../../src/helper/client';
import { kernelMessage } from '../../../src/helper/kernelMessages';
import type { Command, Message, OtherMessage } from '../../../src/helper/protocol';
import { scratch } from '../../../src/session/testing/scratch';
import { delay } from '../../support/clock';
import { helperFile } from './helper';
import type { Spaces } from './spaces';

export type Said = (Message | OtherMessage) & Record<string, unknown>;

export interface KernelOptions {
  features?: string[];
  arguments?: string[];
  /** Runs it: a namespace, a set of capabilities. */
  wrap?: string[];
  /** As sudo calls it for this user. */
  forUser?: number;
  file?: string;
}

export class Kernel implements Disposable {
  readonly said: Said[] = [];
  readonly packets: Packet[] = [];
  /** Messages that are not as they are described. */
  readonly wrong: string[] = [];
  readonly client: HelperClient;
  readonly #waiting = new Set<() => void>();

  constructor(options: KernelOptions = {}) {
    const file = join(scratch(), 'start');
    const user = options.forUser === undefined ? '' : `SUDO_UID=${options.forUser} SUDO_GID=${options.forUser} `;
    const words = [...(options.wrap ?? []), options.file ?? helperFile()].map((w) => `'${w}'`).join(' ');
    writeFileSync(file, `#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin ${user}exec ${words} "$@"\n`);
    chmodSync(file, 0o755);
    this.client = HelperClient.spawn(file, {
      ...(options.features ? { features: options.features } : {}),
      ...(options.arguments ? { arguments: options.arguments } : {}),
    });
    const take = (m: Said) => {
      this.said.push(m);
      for (const f of [...this.#waiting]) f();
    };
    this.client.listen({
      message: (m) => take(m as Said),
      other: (m) => {
        const checked = kernelMessage(m);
        if (checked && 'error' in checked) this.wrong.push(`${checked.error}: ${JSON.stringify(m)}`);
        take(m as Said);
      },
      packets: (batch) => {
        this.packets.push(...packetsOf(batch));
      },
    });
  }

  hello = () => this.client.hello(20_000);
  send = (...commands: (Command | { cmd: string; [key: string]: unknown })[]): void =>
    this.client.send(...(commands as Command[]));
  watch(id: string, s: Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>, more: object = {}) {
    const local = { address: s.localAddress as string, port: s.localPort as number };
    const remote = { address: s.remoteAddress as string, port: s.remotePort as number };
    this.send({ cmd: 'watch', id, local, remote, pid: process.pid, ...more });
  }

  /** All of this type that were said of a connection so far. */
  all = (t: string, id?: string): Said[] => this.said.filter((m) => m.t === t && (id === undefined || m.id === id));
  events = (id: string, kind: string): Said[] => this.all('event', id).filter((m) => m.kind === kind);

  /** Waits until `f` gives something that is true. */
  async until<R>(what: string, f: () => R | undefined | false, timeoutMs = 20_000): Promise<R> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const found = f();
      if (found) return found;
      if (this.client.ended) throw new Error(`${what}: the helper ${this.client.ended.text} ${this.client.log}`);
      if (Date.now() > end)
        throw new Error(
          `not in time: ${what}; the last: ${JSON.stringify(this.said.slice(-6).map((m) => ({ ...m, totals: undefined })))}`,
        );
      await new Promise<void>((resolve) => {
        const go = () => {
          clearTimeout(timer);
          this.#waiting.delete(go);
          resolve();
        };
        const timer = setTimeout(go, 20);
        this.#waiting.add(go);
      });
    }
  }
  /** The kernel's rings have been read, and what was said before is here. */
  async settled(): Promise<Said> {
    // Longer than the helper leaves them unread: that is due then, and done before the second answer, however late it is.
    await delay(60);
    await this.client.settled(20_000);
    const stats = await this.client.settled(20_000);
    if (!stats) throw new Error('the helper does not answer');
    return stats as Said;
  }

  [Symbol.dispose](): void {
    this.client.close();
    if (this.wrong.length > 0) throw new Error(`not as described: ${this.wrong[0]}`);
  }
}

export interface Packet {
  ns: bigint;
  interface: number;
  captured: number;
  original: number;
  direction: number;
  linkType: number;
  bytes: Buffer;
}

/** The records of a batch, as native/README.md lays them out. */
export function packetsOf(batch: Buffer): Packet[] {
  const out: Packet[] = [];
  for (let at = 0; at < batch.length; ) {
    const captured = batch.readUInt32LE(at + 12);
    out.push({
      ns: batch.readBigUInt64LE(at),
      interface: batch.readUInt32LE(at + 8),
      captured,
      original: batch.readUInt32LE(at + 16),
      direction: batch[at + 20] as number,
      linkType: batch.readUInt16LE(at + 22),
      bytes: Buffer.from(batch.subarray(at + 24, at + 24 + captured)),
    });
    at += 24 + captured;
  }
  return out;
}

/** A program of Node that writes lines and reads lines. */
export class Talker implements Disposable {
  readonly #lines: string[] = [];
  readonly #child: ChildProcess;
  #wake: () => void = () => {};

  constructor(code: string, wrap: string[] = []) {
    const [file = '', ...args] = [...wrap, process.execPath, '-e', code];
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    this.#child.once('exit', () => this.#wake());
  }

  get pid(): number {
    return this.#child.pid as number;
  }
  async line(timeoutMs = 20_000): Promise<string> {
    const end = Date.now() + timeoutMs;
    while (this.#lines.length === 0) {
      if (this.#child.exitCode !== null || Date.now() > end) throw new Error('the program says nothing');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 100);
      });
    }
    return this.#lines.shift() as string;
  }
  writeLine(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }
  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

/** Watches, as `c`, the connection of a program of the client to the server's port 8080, whose own port it has written: that one. */
export async function watchProgram(kernel: Kernel, program: Talker, { client, server }: Spaces): Promise<number> {
  const localPort = Number(await program.line());
  const ends = { localAddress: client, localPort, remoteAddress: server, remotePort: 8080 };
  kernel.watch('c', ends, { pid: program.pid });
  await kernel.until('watched', () => kernel.all('watched')[0]);
  return localPort;
}

/** A pair of connected sockets of this process: ours, and the server's; both end with the test. */
export async function pair(host = '127.0.0.1'): Promise<Disposable & { ours: Socket; theirs: Socket; server: Server }> {
  const server = createServer({ pauseOnConnect: true });
  const taken = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const ours = connect({ port: (server.address() as { port: number }).port, host });
  await new Promise((resolve) => ours.once('connect', resolve));
  const theirs = await taken;
  for (const s of [ours, theirs]) s.on('error', () => {});
  return {
    ours,
    theirs,
    server,
    [Symbol.dispose]: () => {
      ours.destroy();
      theirs.destroy();
      server.close();
    },
  };
}

/** One that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
