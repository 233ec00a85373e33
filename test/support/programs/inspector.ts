// A debugger of few words: evaluates expressions in a program that runs with --inspect, as one in VS Code would.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  error?: object;
  result?: { result?: { value?: unknown }; exceptionDetails?: object };
}

export class Inspector {
  private last = 0;
  private readonly waiting = new Map<number, (m: Message) => void>();
  private readonly events = new Map<string, (parameters: Record<string, unknown>) => void>();
  private received = Buffer.alloc(0);

  private constructor(private readonly socket: Socket) {}

  /** `url`: what Node prints, `ws://127.0.0.1:9229/…`. */
  static async connect(url: string): Promise<Inspector> {
    const { hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname);
    const key = randomBytes(16).toString('base64');
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    const inspector = new Inspector(socket);
    await new Promise<void>((resolve, reject) => {
      let head = Buffer.alloc(0);
      const onData = (piece: Buffer) => {
        head = Buffer.concat([head, piece]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        socket.off('data', onData);
        socket.on('data', (next) => inspector.take(next));
        inspector.take(head.subarray(end + 4));
        resolve();
      };
      socket.on('data', onData);
      socket.on('error', reject);
    });
    return inspector;
  }

  /** The value of an expression. Rejects with what it throws. */
  evaluate(expression: string): Promise<unknown> {
    return this.ask(expression, false);
  }

  /** Result of the promise that an expression returns; referenced until then, as it may be collected otherwise. */
  settled(expression: string): Promise<unknown> {
    return this.ask(`globalThis.held = ${expression}`, true);
  }

  private async ask(expression: string, awaitPromise: boolean): Promise<unknown> {
    const parameters = { expression, awaitPromise, returnByValue: true, includeCommandLineAPI: true };
    const { result, error } = await this.send('Runtime.evaluate', parameters);
    const failure = error ?? result?.exceptionDetails;
    if (failure) throw new Error(JSON.stringify(failure));
    return result?.result?.value;
  }

  /** Enables the debugger and stops the program at its next statement; resolves when it is paused. */
  async pause(): Promise<void> {
    const stopped = this.event('Debugger.paused');
    await this.send('Debugger.enable', {});
    await this.send('Debugger.pause', {});
    await stopped;
  }

  /** Keeps asynchronous parents of stacks, as VS Code's debugger does in every session. */
  async asyncStacks(): Promise<void> {
    await this.send('Runtime.enable', {});
    await this.send('Debugger.enable', {});
    await this.send('Debugger.setAsyncCallStackDepth', { maxDepth: 32 });
  }

  /** Goes when the program is over, which else waits for it. */
  async leaveAtEnd(): Promise<void> {
    const over = this.event('NodeRuntime.waitingForDisconnect');
    await this.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
    void over.then(() => this.close());
  }

  async resume(): Promise<void> {
    await this.send('Debugger.resume', {});
  }

  /** Of the program's first worker: evaluates an expression there. */
  async worker(): Promise<(expression: string) => Promise<unknown>> {
    const attached = this.event('NodeWorker.attachedToWorker');
    await this.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
    const { sessionId } = await attached;
    let last = 0;
    return async (expression) => {
      const answered = this.event('NodeWorker.receivedMessageFromWorker');
      const parameters = { expression, returnByValue: true, includeCommandLineAPI: true };
      const message = JSON.stringify({ id: ++last, method: 'Runtime.evaluate', params: parameters });
      await this.send('NodeWorker.sendMessageToWorker', { sessionId, message });
      const { result } = JSON.parse(String((await answered).message)) as Message;
      return result?.result?.value;
    };
  }

  private event(method: string): Promise<Record<string, unknown>> {
    return new Promise((resolve) => this.events.set(method, resolve));
  }

  close(): void {
    this.socket.destroy();
  }

  private send(method: string, params: object): Promise<Message> {
    const id = ++this.last;
    const body = Buffer.from(JSON.stringify({ id, method, params }));
    const head =
      body.length < 126 ? [0x81, 0x80 | body.length] : [0x81, 0x80 | 126, body.length >> 8, body.length & 255];
    // Masked with nothing: a client must mask.
    this.socket.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]));
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  private take(piece: Buffer): void {
    this.received = Buffer.concat([this.received, piece]);
    for (;;) {
      const { received } = this;
      if (received.length < 2) return;
      const short = (received[1] as number) & 127;
      const at = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (received.length < at) return;
      const size = short < 126 ? short : short === 126 ? received.readUInt16BE(2) : Number(received.readBigUInt64BE(2));
      if (received.length < at + size) return;
      const message = JSON.parse(received.toString('utf8', at, at + size)) as Message;
      this.received = received.subarray(at + size);
      if (message.method !== undefined) this.events.get(message.method)?.(message.params ?? {});
      if (message.id !== undefined) this.waiting.get(message.id)?.(message);
    }
  }
}
