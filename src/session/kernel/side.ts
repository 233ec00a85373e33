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

  /** Runs once. Never rejects: if there is none, the trace's sources have the reason. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    if (!this.#options) return;
    const kernel = await Kernel.start(this.#host, this.#options);
    if (kernel) this.#host.store.add({ kernel });
  }

  /** The trace begins. */
  begin(): void {
    const { kernel } = this.#host.store;
    if (kernel) kernel.begin();
    else void this.start().then(() => this.#late());
  }

  /** Started after the trace's begin: passes it the existing connections and requests. It still knows ended ones. */
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
