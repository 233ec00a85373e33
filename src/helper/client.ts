/** A running helper: started once and never again. Whatever happens to it, or comes from it, the trace goes on. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Duplex, Readable, Writable } from 'node:stream';
import { encodeFrame, FrameReader, frameType } from './frames';
import {
  type Command,
  type Message,
  type MessageOf,
  type OtherMessage,
  parseMessage,
  protocolVersion,
} from './protocol';

/** Why no more comes of it. */
export interface HelperEnd {
  text: string;
  /** We ended it. */
  asked: boolean;
}

export interface HelperListener {
  message?(message: Message): void;
  /** Of features that check their messages themselves. */
  other?(message: OtherMessage): void;
  /** A frame of type 2. The bytes are valid during the call. */
  packets?(batch: Buffer): void;
  end?(end: HelperEnd): void;
}

/** Text that the helper writes to stderr, kept for the doctor and for reports. */
const maxLogLength = 4096;
const maxBroken = 16;

export interface SpawnOptions {
  /** Open only these features; absent: all. */
  features?: readonly string[];
  /** Options of features, as `--enable-conntrack`. */
  arguments?: readonly string[];
  /** Id of the user who runs it; only root can say another. */
  user?: number;
}

export class HelperClient {
  readonly #listeners = new Set<HelperListener>();
  readonly #reader = new FrameReader();
  readonly #hello: Promise<MessageOf<'hello'>>;
  #welcome: (hello: MessageOf<'hello'>) => void = () => {};
  #refuse: (error: Error) => void = () => {};
  #end: HelperEnd | undefined;
  #closing = false;
  #broken = 0;
  /** The last of what it wrote to stderr. */
  log = '';

  readonly #child: ChildProcess | undefined;

  /** `stream`: what it writes and what it reads; `listen` and `send` are for everybody but tests that hold it up. */
  private constructor(
    readonly stream: { readonly input: Readable; readonly output: Writable },
    child?: ChildProcess,
  ) {
    this.#child = child;
    this.#hello = new Promise((resolve, reject) => {
      this.#welcome = resolve;
      this.#refuse = reject;
    });
    this.#hello.catch(() => {}); // reported where it is awaited
    stream.input.on('data', (piece: Buffer) => this.#take(piece));
    stream.output.on('error', () => {}); // it is gone: its end says so
  }

  /** Starts the helper at `file`, with an empty environment, so that no variable influences it. */
  static spawn(file: string, options: SpawnOptions = {}): HelperClient {
    const args = ['--stdio', ...(options.features ? ['--features', options.features.join(',')] : [])];
    const { user } = options;
    if ((user ?? process.getuid?.()) === 0) args.push('--as-root');
    const child = spawn(file, [...args, ...(options.arguments ?? [])], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {},
      cwd: '/',
      ...(user !== undefined ? { uid: user, gid: user } : {}),
    });
    const client = new HelperClient({ input: child.stdout, output: child.stdin }, child);
    child.stderr.on('data', (text: Buffer) => {
      client.log = (client.log + text.toString('utf8')).slice(-maxLogLength);
    });
    child.once('error', (error) => client.#over(`could not be started: ${error.message}`));
    // Not its exit, after which the reason that it wrote may still be on its way.
    child.once('close', (code, signal) => client.#over(signal ? `ended by ${signal}` : `ended with code ${code}`));
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) unref(handle);
    return client;
  }

  /** A helper that has connected to our socket. */
  static connected(socket: Duplex): HelperClient {
    const client = new HelperClient({ input: socket, output: socket });
    socket.once('close', () => client.#over('closed its connection'));
    return client;
  }

  /** What it can do. Rejects if it ends, is silent for too long, or speaks another version. */
  hello(timeoutMs = 5000): Promise<MessageOf<'hello'>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`did not respond for ${timeoutMs} ms`)), timeoutMs);
      this.#hello.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  get ended(): HelperEnd | undefined {
    return this.#end;
  }

  listen(listener: HelperListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(...commands: Command[]): void {
    if (this.#end || this.#closing || commands.length === 0) return;
    const frames = commands.map((c) => encodeFrame(frameType.json, Buffer.from(JSON.stringify(c))));
    this.stream.output.write(Buffer.concat(frames));
  }

  /** The answer to `stats`: all that was sent before has been dealt with then. undefined: it ended, or took too long. */
  settled(timeoutMs: number): Promise<MessageOf<'stats'> | undefined> {
    if (this.#end) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const done = (stats?: MessageOf<'stats'>) => {
        clearTimeout(timer);
        stop();
        resolve(stats);
      };
      const timer = setTimeout(done, timeoutMs);
      const stop = this.listen({ message: (m) => m.t === 'stats' && done(m), end: () => done() });
      this.send({ cmd: 'stats' });
    });
  }

  /** Ends it. Its input ends, and so does it; if not, it is killed. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.stream.output.end();
    const child = this.#child;
    if (!child || this.#end) return;
    const timer = setTimeout(() => child.kill('SIGKILL'), 1000);
    timer.unref();
    child.once('exit', () => clearTimeout(timer));
  }

  #take(piece: Buffer): void {
    for (const { type, payload } of this.#reader.push(piece)) {
      if (type === frameType.packets) this.#emit((l) => l.packets?.(payload));
      else if (type === frameType.json) this.#json(payload);
      else this.#bad(`frame type ${type}`);
    }
    if (this.#reader.error !== undefined) this.#give(this.#reader.error);
  }

  #json(payload: Buffer): void {
    const parsed = parseMessage(payload);
    if ('error' in parsed) return this.#bad(parsed.error);
    if ('other' in parsed) return this.#emit((l) => l.other?.(parsed.other));
    const { message } = parsed;
    if (message.t === 'hello') {
      if (message.protocol !== protocolVersion) return this.#give(`speaks protocol ${message.protocol}`);
      this.#welcome(message);
    }
    this.#emit((l) => l.message?.(message));
  }

  /** Skips an invalid message; after too many of them, gives up the helper. */
  #bad(what: string): void {
    this.log = `${this.log}${what}\n`.slice(-maxLogLength);
    if (++this.#broken > maxBroken) this.#give(`sent an invalid message: ${what}`);
  }

  #give(why: string): void {
    this.#over(why);
    this.#child?.kill('SIGKILL');
    this.close();
  }

  #over(text: string): void {
    if (this.#end) return;
    this.#end = { text, asked: this.#closing };
    const why = this.log.trim().replace(/^nettrace-helper: /gm, '');
    this.#refuse(new Error(why === '' ? text : `${text}: ${why}`));
    this.#emit((l) => l.end?.(this.#end as HelperEnd));
  }

  #emit(f: (listener: HelperListener) => void): void {
    for (const l of [...this.#listeners]) f(l);
  }
}

/** It must not keep the host from ending. */
function unref(handle: ChildProcess | NodeJS.ReadableStream | NodeJS.WritableStream): void {
  (handle as ChildProcess | Socket).unref?.();
}
