/** A session's helper: started with the session, or, where that may never have a program, with the program. */
import { Kernel, type KernelHost, type KernelOptions } from './kernel';

export class KernelSide {
  #starting: Promise<void> | undefined;

  readonly #host: KernelHost;
  readonly #options: KernelOptions | undefined;

  /** `options` undefined: no helper is wanted. */
  constructor(host: KernelHost, options: KernelOptions | undefined) {
    this.#host = host;
    this.#options = options;
  }

  /** Once. Never rejects: why there is none stands in the trace's sources. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    if (this.#options) this.#host.store.kernel = await Kernel.start(this.#host, this.#options);
  }

  /** The trace begins. */
  begin(): void {
    const { kernel } = this.#host.store;
    if (kernel) kernel.begin();
    else void this.start().then(() => this.#late());
  }

  /** It came after the begin: what is there already is told to it. It remembers what has ended meanwhile. */
  #late(): void {
    const { kernel, connections, requests } = this.#host.store;
    if (!kernel) return;
    kernel.begin();
    for (const c of connections.values()) kernel.connection(c);
    for (const r of requests.values()) kernel.request(r, undefined);
    kernel.flush();
  }

  /** Resolves once a helper that is being started is there. */
  async ready(): Promise<void> {
    await this.#starting;
  }

  dispose(): void {
    void this.ready().then(() => this.#host.store.kernel?.dispose());
  }
}
