/** What the hook says of itself, in sentences: parts that switched themselves off, options that do not fit. */
import type { Thread } from '../records';
import type { Store } from './store';

/** `Part undici of the hook switched itself off: boom. What it records is missing from then on.`; undefined: none did. */
export function faultText(store: Store): string | undefined {
  const all = [...store.processes.values()].flatMap((p) => p.threads.flatMap((t) => t.faults ?? []));
  const [unfit] = all.filter((f) => f.part === 'NETTRACE_CONF');
  const faults = all.filter((f) => f.part !== 'NETTRACE_CONF');
  const sentences = [switchedOff(faults), unfit && changed(unfit)].filter((text) => text !== undefined);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

type Fault = NonNullable<Thread['faults']>[number];

/** The hook checks what the session wrote into the environment of the program. */
const changed = ({ message = '' }: Fault): string =>
  `NETTRACE_CONF in the environment of a traced program has values that are not valid: ${message.replaceAll(',', ', ')}. Their defaults were used. Something changed the variable: set options, settings or launch.json instead.`;

function switchedOff(faults: readonly Fault[]): string | undefined {
  const parts = [...new Set(faults.map((f) => f.part ?? 'of no name'))];
  const [first] = faults;
  if (!first) return undefined;
  const why = first.message === undefined ? '' : `: ${first.message.replace(/\.$/, '')}`;
  return parts.length === 1
    ? `Part ${parts[0]} of the hook switched itself off${why}. What it records is missing from then on; the program did not notice.`
    : `Parts ${parts.join(', ')} of the hook switched themselves off${why}. What they record is missing from then on; the program did not notice.`;
}
