import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { hooked } from '../support/programs/hooked.mjs';

const here = import.meta.dirname;
const hook = join(here, '../../dist/hook.cjs');

/** What a user may ask for beside the requests. */
const optional = (name, title, more) => ({ name, title, env: () => hooked(hook, more), records: 'requests' });

const bare = { name: 'bare', title: 'no hook', env: () => ({}), records: 'nothing' };
const bareAgain = { ...bare, name: 'bareAgain', title: 'no hook, once more (A/A)' };
const hookArm = { ...optional('hook', '**hook**, a call site on every request') };

/** What is compared: name, what it is, environment. `bare` is the arm that all are divided by, `bareAgain` the same once more. */
const main = [
  bare,
  bareAgain,
  hookArm,
  optional('noSites', 'hook without call sites', { callSites: 'off' }),
  { ...optional('disabled', 'hook loaded, nothing enabled', { enabled: [] }), records: 'nothing' },
  {
    name: 'otel',
    title: 'OpenTelemetry http + undici, no-op exporter',
    env: () => ({ NODE_OPTIONS: `--require ${join(here, 'otel.cjs')}` }),
    records: 'spans',
  },
];

/** The parts that are off unless asked for, one at a time. */
const parts = [
  bare,
  bareAgain,
  hookArm,
  optional('headers', 'hook and header values', { headers: 'values' }),
  optional('bodies', 'hook and bodies, 64 KiB of each', { bodies: 65_536 }),
  optional('sockets', 'hook and socket operations', { sockets: true }),
  optional('stacks', 'hook and whole call chains', { stacks: true }),
  optional('incoming', 'hook and incoming requests', { incoming: true }),
  optional('resolver', 'hook and own resolver', { dnsResolver: true }),
  optional('keys', 'hook and TLS secrets', { keys: true }),
];

/** A trace rule in force; none: nothing is. `condition`: of what is asked for. */
const asking = (...conditions) => conditions.map((condition) => ({ id: randomUUID(), condition }));

/** What it costs when nothing, or nothing of this, is asked for: what the session writes to `control.json`. */
const control = [
  bare,
  bareAgain,
  {
    name: 'disabled',
    title: 'hook loaded, nothing enabled',
    env: () => hooked(hook, { enabled: [] }),
    requests: () => [],
    records: 'nothing',
  },
  {
    name: 'switchedOff',
    title: 'hook, everything traced at first, then switched off',
    env: () => hooked(hook),
    requests: () => asking(''),
    switchedOff: true,
    records: 'first',
  },
  {
    name: 'unmatched',
    title: 'hook, a condition that is known at once and not met',
    env: () => hooked(hook),
    requests: () => asking('path:/never'),
    records: 'nothing',
  },
  {
    name: 'held',
    title: 'hook, a condition that is known with the answer and not met',
    env: () => hooked(hook),
    requests: () => asking('status:>=600'),
    records: 'nothing',
  },
  { ...hookArm, requests: () => asking('') },
];

/**
 * Loops: a batch takes some tens of ms, so that what it is compared with is near. `lead`: requests before it that are not
 * measured, where the hook does otherwise once it has seen that the loop is busy.
 */
const loop = (kind, concurrency, requests, title, more = {}) => ({
  kind,
  concurrency,
  requests,
  warmUp: 3000,
  title,
  ...more,
});
const oneByOne = [
  loop('http', 1, 250, 'http, one after the other'),
  loop('fetch', 1, 120, 'fetch, one after the other'),
];
const tenAtOnce = [
  loop('http', 10, 1000, 'http, 10 at a time', { lead: 1500 }),
  loop('fetch', 10, 250, 'fetch, 10 at a time', { lead: 300 }),
];

const dials = loop('dial', 1, 25, 'https, a lookup, connection and handshake for each', { warmUp: 300 });

/** The two measurements: the hook as it is by default, on each Node; and what each optional part adds, on one. */
export const measurements = {
  main: {
    arms: main,
    loops: [...oneByOne, ...tenAtOnce, dials],
  },
  control: {
    arms: control,
    loops: [...oneByOne, ...tenAtOnce],
  },
  parts: {
    arms: parts,
    loops: [...oneByOne, dials],
  },
};

export const bareArm = bare;
/** The hook as it is by default, from another file. */
export const hookArmOf = (file) => ({ ...hookArm, env: () => hooked(file) });

/** This hook beside other builds of it: each `hook.cjs` has its own `requests.cjs` beside it. */
export const against = (files) => ({
  loops: measurements.main.loops,
  arms: [
    bare,
    bareAgain,
    hookArm,
    ...files.map((file) => ({
      ...hookArmOf(file),
      // The pair of bundles is in a folder of its own.
      name: `against ${basename(dirname(file))}/${basename(file)}`,
      unchecked: true,
    })),
  ],
});

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
