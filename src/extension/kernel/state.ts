/** What the status line says of the kernel's side: of the run that was started last, and of what could be had. */
import type { Abilities, AbilityName } from '../../helper/abilities';
import type { KernelStatus } from '../../model/panel/protocol';
import type { Source } from '../../model/records';
import type { Store } from '../../model/store/store';

const parts: readonly { name: AbilityName; label: string; source: Source['name'] }[] = [
  { name: 'figures', label: 'TCP statistics', source: 'inetDiag' },
  { name: 'events', label: 'events', source: 'bpf' },
  { name: 'conntrack', label: 'conntrack', source: 'conntrack' },
  { name: 'packets', label: 'packets', source: 'capture' },
];

const needPermission = 'need permission';
const reasonWords: Readonly<Record<string, string>> = {
  noRights: needPermission,
  noHelper: 'no helper',
  platform: 'not on this platform',
  notLoaded: 'not loaded',
  kernelTooOld: 'not on this kernel',
  fault: 'fault',
};

/** `abilities`: undefined while they are not known, and for an opened file. */
export function kernelState(store: Store | undefined, abilities?: Abilities): KernelStatus {
  const reasons = new Set<string>();
  const words = parts.map(({ name, label, source }) => {
    const said = store?.header.sources.find((s) => s.name === source);
    const word = wordOf(said, abilities?.[name].state);
    if (word === reasonWords.fault && said?.detail !== undefined) reasons.add(said.detail);
    return { name, label, word };
  });
  const [figures] = words;
  // Without a helper there is nothing of the rest: said once.
  const absent = figures?.word === reasonWords.noHelper || figures?.word === reasonWords.platform;
  const groups = new Map<string, string[]>();
  for (const { label, word } of absent ? words.slice(0, 1) : words)
    groups.set(word, [...(groups.get(word) ?? []), label]);
  const enable = words.some(
    ({ name, word }) => word === needPermission || (name !== 'packets' && isUnused(word, abilities)),
  );
  return {
    state: levelOf(words.map((w) => w.word)),
    lines: [...[...groups].map(([word, labels]) => `${labels.join(', ')}: ${word}`), ...reasons],
    // An opened file is as it is.
    ...(enable && abilities ? { enable } : {}),
  };

  /** Root has it, and did not ask for it. */
  function isUnused(word: string, known: Abilities | undefined): boolean {
    return word === 'off' && known?.root === true && !known.installed;
  }
}

/** From the words of the parts in their order; packets are not of the kernel's statistics. */
function levelOf([statistics, events, conntrack]: readonly string[]): KernelStatus['state'] {
  if (statistics === 'fault') return 'fault';
  if (statistics !== 'on' && statistics !== 'on in part') return 'off';
  return statistics === 'on' && events === 'on' && conntrack === 'on' ? 'full' : 'basic';
}

function wordOf(source: Source | undefined, ability: Abilities['events']['state'] | undefined): string {
  switch (source?.state) {
    case 'on':
      return 'on';
    case 'partial':
      // It was there and is not, or some of it is.
      return source.toAt === undefined || source.reason === undefined ? 'on in part' : 'fault';
    case 'unavailable':
      return reasonWords[source.reason ?? ''] ?? 'off';
    default:
      if (ability === 'needsPermission') return needPermission;
      return ability === 'unavailable' ? 'not here' : 'off';
  }
}
