/** The client processes of an arm. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const here = import.meta.dirname;

/** Prefix that keeps a command on one core; nothing where taskset or a second core is missing. */
export const onCore = (core, cores) => (cores > 1 ? ['taskset', '-c', String(core)] : []);

/** One long-lived client process of an arm. */
export class Client {
  /** Requests in segments that were taken away. */
  drained = 0;

  /** `flags`: Node's own. */
  static async start(arm, node, ports, pin, flags = []) {
    const client = new Client();
    client.arm = arm;
    client.spool = mkdtempSync(join(tmpdir(), 'nettrace-bench-'));
    if (arm.requests) client.ask(arm.requests());
    const { PATH, HOME } = process.env;
    const env = {
      PATH,
      HOME,
      NETTRACE_SPOOL: arm.records === 'spans' || arm.name.startsWith('bare') ? '' : client.spool,
      ...arm.env(),
    };
    if (env.NETTRACE_SPOOL === '') delete env.NETTRACE_SPOOL;
    const [file, ...args] = [...pin, node, ...flags, join(here, 'client.cjs'), ...ports.map(String)];
    client.child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    client.lines = createInterface({ input: client.child.stdout });
    await client.message();
    return client;
  }

  message() {
    return new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`${this.arm.name}: client ended with ${code}`));
      this.child.once('exit', ended);
      this.lines.once('line', (line) => {
        this.child.off('exit', ended);
        const m = JSON.parse(line);
        if (m.error) reject(new Error(`${this.arm.name}: ${m.error}`));
        else resolve(m);
      });
    });
  }

  #send(job) {
    this.child.stdin.write(`${JSON.stringify(job)}\n`);
  }

  /** What is to be traced from now on, as a session says it. */
  ask(requests) {
    const path = join(this.spool, 'control.json');
    this.generation = (this.generation ?? 0) + 1;
    writeFileSync(`${path}.new`, JSON.stringify({ v: 1, generation: this.generation, requests, breakpoints: [] }));
    renameSync(`${path}.new`, path);
  }

  /** Runs a batch; resolves to {wall, cpu} in µs a request. */
  async batch(job) {
    this.#send(job);
    const { result } = await this.message();
    if (this.arm.records === 'requests') this.#drain();
    if (this.arm.switchedOff && this.generation === 1) {
      this.ask([]);
      // Seen by a request, at most every 100 ms.
      await delay(150);
      this.#send({ ...job, requests: 20 });
      await this.message();
      await delay(300);
      // V8 optimizes the program's own functions anew, as at the start.
      this.#send(job);
      await this.message();
    }
    return result;
  }

  /**
   * Takes away the segments that are written no more, as a session does that has read them: the hook stops writing where
   * 64 MiB wait.
   */
  #drain() {
    const segments = readdirSync(this.spool).filter((name) => name.endsWith('.jsonl'));
    const numberOf = (name) => Number(name.split('.').at(-2));
    const current = Math.max(...segments.map(numberOf));
    for (const name of segments.filter((one) => numberOf(one) < current)) {
      this.drained += this.#requestsIn(name);
      rmSync(join(this.spool, name));
    }
  }

  #requestsIn(name) {
    return (readFileSync(join(this.spool, name), 'latin1').match(/^\{"k":"req"/gm) ?? []).length;
  }

  /** Requests it recorded: proves that the arm did what its name says. */
  async recorded() {
    if (this.arm.records === 'spans') return this.batch({ kind: 'spans' });
    return readdirSync(this.spool).reduce((sum, name) => sum + this.#requestsIn(name), this.drained);
  }

  stop() {
    this.child.stdin.end();
    return new Promise((resolve) => this.child.once('exit', resolve)).then(() =>
      rmSync(this.spool, { recursive: true, force: true }),
    );
  }
}

const mean = (numbers) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

/** Several clients of an arm that make each batch at the same time. */
export class Group {
  static async start(count, ...how) {
    const group = new Group();
    group.clients = await Promise.all(Array.from({ length: count }, () => Client.start(...how)));
    group.arm = group.clients[0].arm;
    return group;
  }

  async batch(job) {
    const results = await Promise.all(this.clients.map((client) => client.batch(job)));
    return { wall: mean(results.map(({ wall }) => wall)), cpu: mean(results.map(({ cpu }) => cpu)) };
  }

  /** Of the one that recorded least. */
  async recorded() {
    return Math.min(...(await Promise.all(this.clients.map((client) => client.recorded()))));
  }

  stop() {
    return Promise.all(this.clients.map((client) => client.stop()));
  }
}
