/**
 * The hook comes late to a program that runs, sees what it requests over the connections that it has, and leaves it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Request } from '../../../src/model/records';
import { newHeader, Store } from '../../../src/model/store/store';
import {
  asAttached,
  attachProblem,
  detachExpression,
  injectExpression,
  injected,
  leaveFile,
  type Probe,
  probeExpression,
  probeOf,
} from '../../../src/session/program/attach';
import { nowUs } from '../../support/clock';
import { Inspector } from '../../support/programs/inspector';
import { type NodeVersion, nodes } from '../../support/programs/nodes';
import { cleanEnvironment } from '../../support/programs/program';
import { hookEnvironment, preloaded } from '../../support/programs/run';
import { foldSpool, readSpool } from '../../support/programs/spool';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/attached.cjs');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

/** What `act` gives. */
const statuses = { http: 200, captured: 200, https: 200, fetch: 200, http2: 200 };

/** A program that has said that it is ready, and a debugger in it. */
class Attached {
  readonly spool = mkdtempSync(join(tmpdir(), 'nettrace-spool-'));
  readonly trace = randomUUID();
  private constructor(
    readonly child: ChildProcess,
    readonly inspector: Inspector,
  ) {}

  static async to(node: NodeVersion, args: string[] = [program], uid?: number): Promise<Attached> {
    const env = { ...cleanEnvironment(), ...upstream.environment, NODE_OPTIONS: '--no-deprecation' };
    const child = spawn(node.binary, ['--inspect=127.0.0.1:0', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid }),
    });
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      const read = (piece: Buffer) => {
        said += piece;
        const found = /ws:\/\/\S+/.exec(said)?.[0];
        if (found !== undefined && /ready/.test(said)) resolve(found);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('exit', () => reject(new Error(said)));
    });
    return new Attached(child, await Inspector.connect(url));
  }

  evaluate<T>(expression: string): Promise<T> {
    return this.inspector.evaluate(expression) as Promise<T>;
  }

  async probe(): Promise<Probe> {
    const probe = probeOf(String(await this.evaluate(probeExpression(preloaded, this.spool))));
    if (!probe) throw new Error('no answer');
    return probe;
  }

  async attach(conf = {}): Promise<string> {
    return String(await this.evaluate(injectExpression(preloaded, await this.variables(conf))));
  }

  async variables(conf = {}): Promise<Record<string, string>> {
    const { nodeOptions } = await this.probe();
    const all = hookEnvironment(this.spool, { env: { NODE_OPTIONS: nodeOptions }, conf }, this.trace);
    const { NODE_OPTIONS = '', NETTRACE_SPOOL = '', NETTRACE_CONF = '' } = all;
    const plain = { NODE_OPTIONS, NETTRACE_SPOOL, NETTRACE_CONF };
    return 'attachedBy' in conf ? plain : asAttached(plain, { seesHost: true });
  }

  requests(): { all: Request[]; store: Store } {
    const anchor = { time: new Date().toISOString(), monotonicNs: `${Math.floor(nowUs()) - 60_000_000}000` };
    const store = new Store(newHeader(this.trace, anchor, { name: 'test', version: '0' }));
    foldSpool(store, readSpool(this.spool), { stdout: '', stderr: '', code: null, signal: null, pid: -1 });
    return { all: [...store.requests.values()], store };
  }

  end(): void {
    this.inspector.close();
    this.child.kill('SIGKILL');
    rmSync(this.spool, { recursive: true, force: true });
  }
}

const newest = nodes.at(-1) as NodeVersion;
test.each(['net.adopt', 'http2.adopt', 'http2.find'])('an error in %s: the program goes on', async (handler) => {
  const at = await Attached.to(newest);
  try {
    expect(injected(await at.attach({ faults: [handler] }))).toHaveProperty('thread');
    expect(await at.inspector.settled('act()')).toEqual(statuses);
    await expect.poll(() => at.evaluate(detachExpression)).toBe('left');
    const part = handler.split('.')[0];
    expect(readSpool(at.spool).map((l) => l.text)).toContainEqual(expect.stringContaining(`"fault","part":"${part}"`));
    expect(await at.inspector.settled('act()')).toEqual(statuses);
  } finally {
    at.end();
  }
});

test('what is reported about a program', async () => {
  const at = await Attached.to(newest);
  try {
    const probe = await at.probe();
    expect(probe).toEqual({
      runtime: 'node',
      version: newest.version,
      pid: at.child.pid,
      thread: 0,
      seesHost: true,
      hook: '',
      nodeOptions: '--no-deprecation',
      file: '',
      spool: '',
    });
    const answer = await at.evaluate(probeExpression('/no/such/hook.cjs', join(at.spool, 'none'), 0x7ffffff));
    expect(probeOf(String(answer))).toMatchObject({ file: 'ENOENT', spool: 'ENOENT', seesHost: false });
  } finally {
    at.end();
  }
});

test.runIf(process.getuid?.() === 0)('a program of another user: said, and nothing is done', async () => {
  const at = await Attached.to(newest, ['-e', "console.log('ready'); setInterval(() => {}, 1000)"], 65_534);
  try {
    const probe = await at.probe();
    expect(probe.spool).toBe('EACCES');
    expect(attachProblem(probe)).toContain('another user');
    expect(probe.hook).toBe('');
  } finally {
    at.end();
  }
});

test.each([
  ['asks it to leave', (at: Attached) => writeFileSync(join(at.spool, leaveFile), '')],
  ['has deleted its folder', (at: Attached) => rmSync(at.spool, { recursive: true })],
])('without a debugger: the hook leaves when the session %s', async (_, act) => {
  const at = await Attached.to(newest);
  try {
    const before = await at.evaluate('traces()');
    await at.attach();
    await at.inspector.settled('act()');
    expect(await at.evaluate('traces()')).not.toEqual(before);
    act(at);
    await expect.poll(() => at.evaluate('traces()')).toEqual(before);
    expect(await at.inspector.settled('act()')).toEqual(statuses);
  } finally {
    at.end();
  }
});

test('the host is killed: the hook leaves', async () => {
  const at = await Attached.to(newest);
  const host = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    const before = await at.evaluate('traces()');
    expect(await at.attach({ attachedBy: host.pid })).toContain('attached');
    host.kill('SIGKILL');
    await expect.poll(() => at.evaluate('traces()')).toEqual(before);
  } finally {
    host.kill('SIGKILL');
    at.end();
  }
});

describe.each([nodes[0], newest] as NodeVersion[])('Node $major', (node) => {
  test('an ES module paused at a breakpoint is traced, with its worker and a child that it starts later', async () => {
    const at = await Attached.to(node, [join(import.meta.dirname, '../programs/attached.mjs')]);
    try {
      await at.inspector.pause();
      expect(injected(await at.attach())).toEqual({ thread: `${at.child.pid}-0` });
      await at.inspector.resume();
      const inWorker = await at.inspector.worker();
      const probe = probeOf(String(await inWorker(probeExpression(preloaded, at.spool))));
      expect(probe).toMatchObject({ thread: 1, hook: '', file: '', spool: '' });
      const variables = await at.variables();
      expect(injected(String(await inWorker(injectExpression(preloaded, variables))))).toEqual({
        thread: `${at.child.pid}-1`,
      });
      for (const act of ['act()', 'actInWorker()']) expect(await at.inspector.settled(act)).toBe(200);
      expect(await at.inspector.settled('actInChild()')).toBe(0);
      await expect.poll(() => inWorker(detachExpression)).toBe('left');
      await expect.poll(() => at.evaluate(detachExpression)).toBe('left');
      for (const act of ['act()', 'actInWorker()']) expect(await at.inspector.settled(act)).toBe(200);
      expect(await at.inspector.settled('actInChild()')).toBe(0);
      const { all, store } = at.requests();
      expect(all.map((r) => r.response?.status)).toEqual([200, 200, 200]);
      expect(store.processes.size).toBe(2);
      expect(new Set(all.map((r) => r.thread)).size).toBe(3);
    } finally {
      at.end();
    }
  });
});

describe.each(nodes)('Node $major', (node) => {
  test('a program attached to is traced over earlier connections, and nothing is left when detached', async () => {
    const at = await Attached.to(node);
    try {
      const before = await at.evaluate('[traces(), texts()]');
      for (let round = 0; round < 2; round++) {
        expect(attachProblem(await at.probe())).toBeUndefined();
        expect(injected(await at.attach())).toEqual({ thread: `${at.child.pid}-0` });
        expect((await at.probe()).hook).toBe('ours');
        expect(await at.attach()).toBe('already');
        expect(await at.inspector.settled('act()')).toEqual(statuses);
        await at.evaluate('begin()');
        await expect.poll(() => at.evaluate(detachExpression)).toBe('left');
        expect(await at.evaluate('[traces(), texts()]')).toEqual(before);
        expect((await at.probe()).nodeOptions).toBe('--no-deprecation');
        expect(await at.inspector.settled('ended()')).toBe(3);
        // None of these is traced.
        expect(await at.inspector.settled('act()')).toEqual(statuses);
      }
      const { all, store } = at.requests();
      const done = all.filter((r) => r.outcome === 'complete');
      expect(done.map((r) => [r.api, r.response?.status])).toEqual(
        Array(2)
          .fill(['http', 'http', 'https', 'fetch', 'http2'])
          .flat()
          .map((api) => [api, 200]),
      );
      for (const r of done) {
        const c = store.connections.get(r.connection ?? '');
        expect(c, r.api).toMatchObject({ earlierTrace: true, direction: 'out', kind: 'tcp' });
        expect([c?.dial, c?.connect, r.dial, r.ordinal]).toEqual([undefined, undefined, undefined, undefined]);
        expect(c?.remote?.port, r.api).toBeGreaterThan(0);
        expect(c?.local?.port, r.api).toBeGreaterThan(0);
        if (r.api !== 'http2') expect(r.bytesReceived, r.api).toBeGreaterThan(50);
        if (r.api !== 'http2') expect(r.bytesReceived, r.api).toBeLessThan(2000);
        expect(r.callSite?.file).toContain('attached.cjs');
      }
      expect(all.filter((r) => r.outcome === 'interrupted').map((r) => r.missing)).toEqual(
        Array(6).fill({ endAt: 'detached' }),
      );
      expect(all).toHaveLength(16);
      expect(at.child.exitCode).toBeNull();
    } finally {
      at.end();
    }
  });
});
