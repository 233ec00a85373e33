/** What the helper says it lost: it counts from its begin, the trace has one entry for each cause. */
import type { MessageOf } from '../../helper/protocol';
import type { Store } from '../../model/store/store';
import { sourceOfFeature } from './sources';

const reasons: Readonly<Record<string, string>> = {
  unread: 'the helper’s messages were not read fast enough',
  overflow: 'more sockets ended than the kernel keeps messages of; how many is not reported',
  interrupted: 'interfaces changed while they were read',
  broken: 'an invalid message of the kernel',
  kernel: 'the kernel’s ring buffer was full',
  missed: 'they came while the kernel was recording another one on the same processor',
  denied: 'this kernel does not let its maps be read',
};

export class Losses {
  /** As said last, by feature and cause. */
  readonly #known = new Map<string, number>();

  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** `at`: µs since the trace began. */
  take({ feature, lost }: MessageOf<'lost'>, at: number): void {
    if (feature === 'capture') return; // reported with its packets
    for (const [cause, count] of Object.entries(lost)) {
      const key = `${feature} ${cause}`;
      const more = count - (this.#known.get(key) ?? 0);
      if (more <= 0) continue;
      this.#known.set(key, count);
      const source = sourceOfFeature(feature);
      const events = source === 'bpf' || source === 'conntrack';
      const what = events ? 'kernelEvents' : 'kernelSamples';
      const reason = `${events ? `${feature}: ` : ''}${reasons[cause] ?? cause}`;
      const kind = cause === 'overflow' ? 'overflow' : cause === 'interrupted' ? 'interruptedDump' : 'dropped';
      this.#store.addLoss({ source, what, kind, count: more, beginAt: at, endAt: at, reason });
    }
  }
}
