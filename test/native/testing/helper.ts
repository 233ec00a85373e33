/** The helper as it is built, and what the tests of it share. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildHelper } from '../../../scripts/native.mjs';
import { HelperClient, type SpawnOptions } from '../../../src/helper/client';
import type { Command, Message, MessageOf, MessageType } from '../../../src/helper/protocol';
import { scratch } from '../../../src/session/testing/scratch';
import { Nettrace } from '../../cli/testing/nettrace';
import { delay } from '../../support/clock';

const built = buildHelper() as { file?: string; reason?: string };
export const root = process.getuid?.() === 0;
export const nobody = 65534;
export const asNobody = ['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'];

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Why a test cannot run here, printed; undefined: it can. */
export function whyNot(what: string, needs: { root?: boolean; programs?: readonly string[] } = {}): string | undefined {
  const lacking = (needs.programs ?? []).filter((p) => !has(p));
  const why =
    built.file === undefined
      ? `the helper is not there: ${built.reason}`
      : needs.root && !root
        ? 'needs root'
        : lacking.length > 0
          ? `needs ${lacking.join(', ')}`
          : undefined;
  return why === undefined ? undefined : skipped(what, why);
}

/** Prints it; where everything can be installed, it is a fault. */
export function skipped(what: string, why: string): string {
  if (process.env.CI) throw new Error(`${what}: ${why}`);
  console.log(`skipped: ${what}: ${why}`);
  return why;
}

let copied: string | undefined;

/** The helper where every user can run it. */
export function helperFile(): string {
  if (copied !== undefined && existsSync(copied)) return copied;
  const folder = scratch();
  chmodSync(folder, 0o755);
  copied = join(folder, 'nettrace-helper');
  copyFileSync(built.file as string, copied);
  chmodSync(copied, 0o755);
  return copied;
}

/** The command with the helper beside it, as it is shipped, for any user. */
export function shipped(): Nettrace {
  const nettrace = new Nettrace();
  const folder = dirname(nettrace.bin);
  const beside = join(folder, 'native', `linux-${process.arch}`);
  mkdirSync(beside, { recursive: true });
  copyFileSync(helperFile(), join(beside, 'nettrace-helper'));
  chmodSync(folder, 0o755);
  return nettrace;
}

/** A helper that is asked directly; what it said is kept. */
export class Asked {
  readonly said: { message: Message; arrived: bigint }[] = [];
  readonly #waiting = new Set<() => void>();
  readonly client: HelperClient;

  constructor(options: SpawnOptions = {}) {
    this.client = HelperClient.spawn(helperFile(), {
      features: ['route', 'inetDiag', 'tcpDestroy', 'counters'],
      ...options,
    });
    const wake = () => {
      for (const f of [...this.#waiting]) f();
    };
    this.client.listen({
      message: (message) => {
        this.said.push({ message, arrived: process.hrtime.bigint() });
        wake();
      },
      end: wake,
    });
  }

  send(...commands: Command[]): void {
    this.client.send(...commands);
  }

  all<T extends MessageType>(type: T): MessageOf<T>[] {
    return this.said.flatMap(({ message }) => (message.t === type ? [message as unknown as MessageOf<T>] : []));
  }

  /** The first message for which `f` gives something, said already or yet to come. */
  until<R>(f: (m: Message) => R | undefined | false, timeoutMs = 20_000): Promise<R> {
    return new Promise((resolve, reject) => {
      const look = () => {
        for (const { message } of this.said) {
          const found = f(message);
          if (found) return done(() => resolve(found));
        }
        if (this.client.ended)
          done(() => reject(new Error(`the helper ${this.client.ended?.text} ${this.client.log}`)));
      };
      const done = (f: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        f();
      };
      const timer = setTimeout(() => done(() => reject(new Error('the helper did not say it in time'))), timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** The sample that answers this question. */
  async sample(id: string, trigger: string): Promise<MessageOf<'sample'>> {
    this.send({ cmd: 'sample', id, trigger });
    return this.until((m) => m.t === 'sample' && m.id === id && m.trigger === trigger && m);
  }

  /** Samples until one has these totals. */
  async sampleWith(id: string, has: (totals: MessageOf<'sample'>['totals']) => boolean): Promise<MessageOf<'sample'>> {
    for (let i = 0; i < 1000; i++) {
      const sample = await this.sample(id, `asked ${i}`);
      if (has(sample.totals)) return sample;
      await delay(20);
    }
    throw new Error('no sample has them');
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}
