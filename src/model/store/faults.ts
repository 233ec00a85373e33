/** Parts of the hook that switched themselves off, in a sentence. */
import type { Store } from './store';

/** `Part undici of the hook switched itself off: boom. What it records is missing from then on.`; undefined: none did. */
export function faultText(store: Store): string | undefined {
  const faults = [...store.processes.values()].flatMap((p) => p.threads.flatMap((t) => t.faults ?? []));
  const parts = [...new Set(faults.map((f) => f.part ?? 'of no name'))];
  const [first] = faults;
  if (!first) return undefined;
  const why = first.message === undefined ? '' : `: ${first.message.replace(/\.$/, '')}`;
  return parts.length === 1
    ? `Part ${parts[0]} of the hook switched itself off${why}. What it records is missing from then on; the program did not notice.`
    : `Parts ${parts.join(', ')} of the hook switched themselves off${why}. What they record is missing from then on; the program did not notice.`;
}
