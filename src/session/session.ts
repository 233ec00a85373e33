/**
 * One tracing session: what a program needs to be traced, and the records of what it and its children send.
 *
 * The program writes event lines to the session's spool folder; the session follows them, folds them into its store and
 * says when something changed. It opens no socket and listens nowhere, and nothing it does can hold or harm the program.
 */

import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CaptureEngine } from '../helper/capture/engine';
import { documentOf } from '../model/document';
import { Folder } from '../model/fold/folder';
import type { Recorded } from '../model/options/recorded';
import { defaultOf } from '../model/options/table';
import type { Trace } from '../model/records';
import { TraceRules } from '../model/traceRules';
import { sinceAnchor, takeAnchor } from './anchor';
import { Commands } from './control/commands';
import { SessionControl } from './control/writer';
import { sessionHeader } from './header';
import { HostGauge } from './hostGauge';
import type { KernelOptions } from './kernel/kernel';
import { KernelSide } from './kernel/side';
import type { HelperUse } from './kernel/sources';
import { PacketCapture } from './packets/capture';
import type { CaptureSettings } from './packets/captureSettings';
import { captureEngines } from './packets/engines';
import { packetsToSave } from './packets/saving';
import { producer } from './product';
import { leaveFile } from './program/attach';
import { type HookSettings, recordedOf, tracedEnvironment } from './program/environment';
import { installHook } from './program/hookCopy';
import { makeShim } from './program/shim';
import { isAlive, makeSpoolFolder } from './spool/folders';
import { deleteKeys, readKeys } from './spool/keyFiles';
import { KeyLogFile } from './spool/keyLogFile';
import { aliveFile, register, sweepSpoolFolders, unregister } from './spool/leftovers';
import { type SpoolLoss, SpoolReader } from './spool/reader';
import { SpoolWatcher } from './spool/watcher';
import { TraceStore } from './traceStore';

/** Beside what is to be recorded (defaults: `recorded` of src/model/options), how. */
export interface SessionOptions extends Partial<Recorded> {
  /** The bundled hook, `dist/hook.cjs`. */
  hookFile: string;
  /** Where the hook's copy goes; absent: the user's cache folder, or the temporary one. */
  cacheFolder?: string;
  description?: string;
  limits?: { requests?: number };
  /** With `keys`: their secrets go to this file too, as they come. */
  keyLog?: string;
  /** All secrets are deleted by then; absent: those in `keyLog` stay, the others go with `dispose`. */
  deleteKeys?: 'finish' | 'dispose';
  /** Capture packets: see `startCapture`. Absent: not. */
  capture?: CaptureSettings | undefined;
  /** What captures, the first that works; absent: what there is. */
  captureEngines?: readonly CaptureEngine[];
  /** Ask the kernel by the native helper, if there is one; default none. */
  helper?: HelperUse;
  helperOptions?: Omit<KernelOptions, 'folder' | 'use'>;
  /** The helper is started by `begin`, for a session that may never have a program. */
  helperAtBegin?: boolean;
  /** Look call sites up in source maps; default true. */
  mapSources?: boolean;
  /**
   * Between the notice of a new line and its reading, default 8: lines come in bursts. More where nobody watches live, as
   * each reading takes time from the program.
   */
  gatherMs?: number;
  /** What is traced, now and after each change of it. Absent: one trace rule of the session's own, for everything. */
  rules?: TraceRules;
  /** False: that one is there, but not enabled. Default true. */
  enabled?: boolean;
}

/** How the host saw a process end. */
export interface ProcessEnd {
  exitCode?: number;
  signal?: string;
}

export class TraceSession {
  readonly store: TraceStore;
  /** What its programs trace, and where they stop. */
  readonly control: SessionControl;
  /** Absent: packets are not to be captured. */
  readonly packets: PacketCapture | undefined;
  /** What the user should know of how it was set up. */
  readonly notices: string[] = [];
  #life: NodeJS.Timeout | undefined;
  readonly #keyLogFile: KeyLogFile | undefined;
  readonly #keysEnd: SessionOptions['deleteKeys'];
  /** Folder with a `node` that adds the hook, for the PATH of shells that set NODE_OPTIONS; absent: it would not work. */
  shim: string | undefined;
  readonly #commands: Commands;
  readonly #folder: Folder;
  readonly #reader: SpoolReader;
  readonly #listeners = new Set<() => void>();
  readonly #watcher: SpoolWatcher;
  #ends: { pid: number; end: ProcessEnd & { at: number } }[] = [];
  /** Ids of processes that were seen alive. */
  readonly #alive = new Set<string>();
  #lines = 0;
  /** How far the host is behind the programs. */
  readonly gauge: HostGauge;
  #reporting: NodeJS.Timeout | undefined;
  readonly #kernelSide: KernelSide;
  #over = false;

  readonly #settings: Omit<HookSettings, 'enabled'>;

  private constructor(
    readonly id: string,
    readonly spoolFolder: string,
    /** Path that NODE_OPTIONS preloads. */
    readonly hook: string,
    settings: Omit<HookSettings, 'enabled'>,
    options: SessionOptions,
  ) {
    this.#settings = settings;

    const limit = options.limits?.requests ?? defaultOf('maxRequests');
    this.store = new TraceStore(
      sessionHeader(settings, limit, options.description),
      limit,
      options.mapSources !== false,
    );
    if (options.keyLog !== undefined) this.#keyLogFile = new KeyLogFile(spoolFolder, options.keyLog);
    this.#keysEnd = options.deleteKeys;
    if (options.capture) {
      // The helper is known when the capture begins.
      const engines = () => options.captureEngines ?? captureEngines(this.store.kernel?.client);
      this.packets = new PacketCapture(this.store, options.capture, engines, spoolFolder, options.keys === true);
      this.store.add({ packets: this.packets });
    }
    this.gauge = new HostGauge(this.store, () => this.now());
    this.store.add({ gauge: this.gauge });
    this.control = new SessionControl(spoolFolder, this.store);
    this.control.follow(options.rules ?? TraceRules.everything({ enabled: options.enabled !== false }));
    const { beginTime, description } = this.store.header;
    this.#commands = new Commands(
      spoolFolder,
      { v: 1, id, pid: process.pid, beginTime, ...(description !== undefined ? { description } : {}) },
      () => this.control.registry,
      () => this.control.written,
    );
    this.#folder = new Folder(this.store);
    this.#kernelSide = new KernelSide(
      {
        store: this.store,
        fold: (fact) => this.#folder.kernel(fact),
        // Kernel facts arrive in many messages: listeners are notified of them together.
        changed: () => {
          this.#reporting ??= setTimeout(() => {
            this.#reporting = undefined;
            this.#notify();
          }, 30).unref();
        },
      },
      kernelOptionsOf(options),
    );
    this.#reader = new SpoolReader(spoolFolder, {
      line: (text, position) => {
        this.#lines++;
        this.gauge.lines++;
        this.#folder.fold(text, position);
      },
      loss: (loss) => this.#lost(loss),
    });
    this.#watcher = new SpoolWatcher(
      spoolFolder,
      (name) => {
        this.#reader.changed(name);
        this.#commands.noticed(name);
      },
      (all, dueAt) => {
        if (all) this.#commands.noticed();
        void (all ? this.poll(dueAt) : this.#pollChanged(dueAt));
      },
      options.gatherMs ?? 8,
    );
  }

  /** Makes the folders and the hook's copy. Rejects, with a message for the user, if that is not possible. */
  static async create(options: SessionOptions): Promise<TraceSession> {
    const notices: string[] = [];
    const hook = await installHook(options.hookFile, options.cacheFolder, (notice) => notices.push(notice));
    const spool = await makeSpoolFolder();
    await register(spool);
    void sweepSpoolFolders();
    const id = randomUUID();
    const settings: Omit<HookSettings, 'enabled'> = {
      v: 1,
      trace: id,
      ...recordedOf(options),
      ...(options.keys ? { host: process.pid } : {}),
    };
    const session = new TraceSession(id, spool, hook, settings, options);
    session.notices.push(...notices);
    if (options.keys) session.#showLife();
    session.#proveKeyLog();
    session.shim = await makeShim(spool, session.environment({}));
    if (!options.helperAtBegin) await session.#kernelSide.start();
    return session;
  }

  /** TLS secrets are deleted by the programs once this host is dead: where its process number means nothing, this says so. */
  #showLife(): void {
    const sign = join(this.spoolFolder, aliveFile);
    writeFileSync(sign, '', { mode: 0o600, flag: 'wx' });
    this.#life = setInterval(() => {
      const now = Date.now() / 1000;
      fs.utimes(sign, now, now).catch(() => {}); // gone with its folder
    }, 1000);
    this.#life.unref();
  }

  #proveKeyLog(): void {
    try {
      this.#keyLogFile?.prove();
    } catch (error) {
      void this.dispose();
      throw new Error(`The TLS key log cannot be written: ${(error as Error).message}.`);
    }
  }

  /** The variables to set for the program; `base` is the environment that it gets otherwise. */
  environment(base: Record<string, string | undefined>): Record<string, string> {
    return tracedEnvironment(base, this.hook, this.spoolFolder, {
      ...this.#settings,
      enabled: this.control.unconditional,
    });
  }

  /** Begins the trace now instead of at `create`; without effect once a program was seen. */
  begin(): void {
    if (this.#lines > 0) return;
    this.#keyLogFile?.follow();
    const anchor = takeAnchor();
    this.store.header = { ...this.store.header, beginTime: anchor.time, beginMonotonicNs: anchor.monotonicNs };
    this.store.touch();
    this.#kernelSide.begin();
  }

  /** µs since the trace began, now. */
  now(): number {
    return sinceAnchor({ time: this.store.header.beginTime, monotonicNs: this.store.header.beginMonotonicNs ?? '0' });
  }

  /**
   * Begins to capture packets, where the session is to: best awaited before the program starts, so that its first packet
   * is there. Never fails; `packets.unavailable` says why there will be none.
   */
  async startCapture(): Promise<void> {
    await this.#kernelSide.ready();
    await this.packets?.start();
  }

  /** What a file of packets shall hold: all, or those of one request; TLS secrets only if `keys` says so. */
  packetsToSave(options: { request?: string; keys?: boolean }): ReturnType<typeof packetsToSave> | undefined {
    if (!this.packets || this.packets.unavailable !== undefined) return undefined;
    const keyLog = options.keys ? { keyLog: this.keyLog() } : {};
    const request = options.request === undefined ? {} : { request: options.request };
    return packetsToSave(this.packets, this.store, producer, { ...request, ...keyLog });
  }

  /** True once any program said that it loaded the hook. */
  get hookSeen(): boolean {
    return this.store.processes.size > 0;
  }

  /** Calls `f` after records changed. Returns what takes it back. */
  onDidChange(f: () => void): () => void {
    this.#listeners.add(f);
    return () => this.#listeners.delete(f);
  }

  /** Reads all that was written before the call. `dueAt`: when it was to begin, in ms of `performance.now`. */
  async poll(dueAt = performance.now()): Promise<void> {
    const ends = this.#ends;
    this.#ends = [];
    const gone = this.#vanished();
    const before = this.#lines;
    await this.#reader.read();
    this.gauge.polled(dueAt, performance.now(), this.#reader.bytes);
    this.store.kernel?.flush();
    for (const { pid, end } of ends) this.#endProcess(pid, end);
    for (const pid of gone) this.#endProcess(pid, {});
    await this.#changed(this.#lines !== before || ends.length + gone.length > 0);
  }

  async #pollChanged(dueAt: number): Promise<void> {
    const before = this.#lines;
    await this.#reader.readChanged();
    this.gauge.polled(dueAt, performance.now(), this.#reader.bytes);
    this.store.kernel?.flush();
    await this.#changed(this.#lines !== before);
  }

  async #changed(news: boolean): Promise<void> {
    if (news) this.#notify();
    // Apart from the first notice: reading a large map must not hold back the row.
    if (await this.store.mapCallSites()) this.#notify();
  }

  #notify(): void {
    for (const f of [...this.#listeners]) f();
  }

  /** A process that the host started, or knows of, has ended. */
  processEnded(pid: number, end: ProcessEnd): void {
    this.#ends.push({ pid, end: { ...end, at: this.now() } });
    if (!this.#over) void this.poll();
  }

  /**
   * Processes that were there and are gone, whose end nobody reported: a child that was killed. Looked for before a read, so
   * that the read finds all they wrote. One that was never there runs under other numbers (a container), and is left.
   */
  #vanished(): number[] {
    const gone: number[] = [];
    for (const p of this.store.processes.values()) {
      if (p.end !== undefined) this.#alive.delete(p.id);
      else if (isAlive(p.pid)) this.#alive.add(p.id);
      else if (this.#alive.delete(p.id)) gone.push(p.pid);
    }
    return gone;
  }

  #endProcess(pid: number, end: ProcessEnd & { at?: number }): void {
    this.#reader.ended(pid);
    this.#folder.end(pid, end);
  }

  /**
   * Programs that were attached to shall go on without the hook, also where no debugger reaches them any more: it looks
   * for this once a second. Resolves when all have left, have ended, or have had the time for it.
   */
  async release(timeoutMs = 3000): Promise<void> {
    await fs.writeFile(join(this.spoolFolder, leaveFile), '', { mode: 0o600, flag: 'wx' }).catch(() => {});
    await this.#pollWhile(() => this.#hasAttached(), timeoutMs);
  }

  #isRootRunning(): boolean {
    const root = this.store.rootProcess();
    return root !== undefined && root.end === undefined;
  }

  async #pollWhile(condition: () => boolean, timeoutMs: number): Promise<void> {
    const until = Date.now() + timeoutMs;
    while (condition() && Date.now() < until) {
      await new Promise((done) => setTimeout(done, 50));
      await this.poll();
    }
  }

  #hasAttached(): boolean {
    return [...this.store.processes.values()].some(
      (p) => p.end === undefined && p.threads.some((t) => t.endAt === undefined && t.control?.enabled?.length !== 0),
    );
  }

  /**
   * Reads the rest and closes the trace. Programs that go on are not followed any further. `graceMs`: a program that its
   * debugger ends takes a moment to be gone.
   */
  async finish(state: 'ended' | 'interrupted', graceMs = 0): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#watcher.close();
    this.#commands.close();
    await this.poll();
    // What is asked for later is no matter of this trace.
    this.control.close();
    await this.#pollWhile(() => this.#isRootRunning(), graceMs);
    for (const p of [...this.store.processes.values()]) {
      if (p.end !== undefined) continue;
      if (isAlive(p.pid)) this.#folder.left(p.pid);
      else this.#endProcess(p.pid, {});
    }
    this.#reader.ended();
    const endAt = this.now();
    // Before the helper ends: it may be what captures.
    await this.packets?.stop();
    await this.#kernelSide.ready();
    await this.store.kernel?.finish();
    this.#keyLogFile?.update();
    if (this.#keysEnd === 'finish') this.deleteKeyLog();
    else this.#keyLogFile?.stop();
    this.store.settle();
    this.store.header = { ...this.store.header, state, endAt };
    this.store.touch();
    this.#notify();
  }

  /** The trace so far, a valid document at any moment. */
  document(): Trace {
    return documentOf(this.store);
  }

  /** Forgets what has ended; programs, running requests and open connections go on in the same trace. */
  async clear(): Promise<void> {
    // Lines written before the call are folded first, so that they are cleared too.
    if (!this.#over) await this.poll();
    this.store.clear();
    this.#notify();
  }

  /** TLS secrets of the traced connections so far, with the option `keys`, in the format of SSLKEYLOGFILE. */
  keyLog(): string {
    return readKeys(this.spoolFolder);
  }

  /** The secrets go now instead of with the spool, the user's key log too; nothing is kept from here on. */
  deleteKeyLog(): void {
    this.#keyLogFile?.delete();
    deleteKeys(this.spoolFolder);
  }

  /** Stops and deletes the spool. The records stay. */
  async dispose(): Promise<void> {
    this.#over = true;
    this.#watcher.close();
    this.control.close();
    this.#listeners.clear();
    this.#kernelSide.dispose();
    clearTimeout(this.#reporting);
    clearInterval(this.#life);
    if (this.#keysEnd) this.#keyLogFile?.delete();
    else this.#keyLogFile?.stop();
    await this.packets?.dispose();
    // An open file keeps Windows from deleting the folder.
    this.store.evictions?.close();
    await fs.rm(this.spoolFolder, { recursive: true, force: true, maxRetries: 3 });
    await unregister(this.spoolFolder);
  }

  /** The spool goes at once, where there is no time for `dispose`: this process ends right after. */
  deleteNow(): void {
    try {
      if (this.#keysEnd) this.#keyLogFile?.delete();
      rmSync(this.spoolFolder, { recursive: true, force: true });
    } catch {
      // The next start of Net Trace deletes what it can.
    }
  }

  #lost(loss: SpoolLoss): void {
    this.store.addLoss({ source: 'session', what: 'lines', ...loss });
  }
}

function kernelOptionsOf({ helper, helperOptions, capture, hookFile }: SessionOptions): KernelOptions | undefined {
  if (helper === undefined || helper === 'none') return undefined;
  return { ...helperOptions, use: helper, capture: capture !== undefined, folder: dirname(hookFile) };
}
