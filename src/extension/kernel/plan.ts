/**
 * What "Enable" and "Remove" say and offer, by what is there: the text of what is installed is the helper's own. Pure, so
 * that each case can be looked at.
 */
import { type Abilities, type AbilityName, abilityNames, type NoHelper } from '../../helper/abilities';
import { installCommand, installedFile, uninstallCommand, uninstallText } from '../../helper/permission';

export type Offer = 'terminal' | 'copy' | 'useAll';

export interface Plan {
  title: string;
  detail: string;
  offers: readonly Offer[];
  /** For a shell. */
  command?: string;
}

export interface Surroundings {
  /** The one that came with us: it installs a copy of itself. */
  bundled: string;
  /** What `install` says it will do. */
  installText: string;
  /** There is a sudo. */
  sudo: boolean;
  /** The setting `netTrace.helper`. */
  use: string;
  /** Name of the machine, where the window is on another one. */
  remote: string | undefined;
}

const labels: Readonly<Record<AbilityName, string>> = {
  figures: 'figures of connections',
  events: 'events of the kernel',
  conntrack: 'connection tracking',
  packets: 'packets',
};

const without = 'Everything else of Net Trace works without it.';

/** Nothing can be enabled, and why. */
export function planWithout(missing: NoHelper): Plan {
  const platform = missing.missing === 'platform';
  return {
    title: platform
      ? 'Kernel statistics are available on Linux only.'
      : 'This build of Net Trace contains no helper for this machine.',
    detail: `${missing.detail}\n${platform ? 'Packets can be captured here by Wireshark’s dumpcap.' : 'It is built from its sources by a C compiler and make (native/README.md).'}\n${without}`,
    offers: [],
  };
}

export function enablePlan(here: Abilities, around: Surroundings): Plan {
  const denied = abilityNames.filter((n) => here[n].state === 'needsPermission');
  if (denied.length === 0) return here.root && !here.installed ? rootPlan(around) : permittedPlan(here);
  if (here.root) return lackingRootPlan(here, denied);
  const command = installCommand(around.bundled, around.sudo);
  const again = here.installed
    ? [
        `It is installed, but still lacks: ${denied.map((n) => `${labels[n]} (${here[n].why})`).join(', ')}.`,
        ...(here.advice ? [here.advice] : []),
        '',
      ]
    : [];
  return {
    title: `Give the helper permission for ${listed(denied.map((n) => labels[n]))}?`,
    detail: [
      ...again,
      ...whereLines(around),
      around.installText,
      '',
      around.sudo ? 'The command:' : 'sudo is not available here. As root, run, with --group and your group:',
      command,
    ].join('\n'),
    offers: around.sudo ? ['terminal', 'copy'] : ['copy'],
    command,
  };
}

/** What is installed is installed where the program runs. */
const whereLines = ({ remote }: Pick<Surroundings, 'remote'>): string[] =>
  remote === undefined ? [] : [`On ${remote}, where the program runs:`, ''];

function rootPlan(around: Surroundings): Plan {
  const { use } = around;
  if (use === 'all') {
    return {
      title: 'Kernel events and connection tracking are already turned on.',
      detail: 'They take effect on the next run.',
      offers: [],
    };
  }
  return {
    title: 'Turn on kernel events and connection tracking?',
    detail: `You are root, so nothing needs to be installed. "Turn On" sets netTrace.helper to "all" in your user settings: kernel events and connection tracking are recorded from the next run on. Packets have a setting of their own, netTrace.capture.\nTo undo: set netTrace.helper to "auto".`,
    offers: ['useAll'],
  };
}

/** Root of a container, as a rule: a file cannot have what the container does not. */
function lackingRootPlan(here: Abilities, denied: readonly AbilityName[]): Plan {
  return {
    title: 'You are root, but without all capabilities.',
    detail: [
      ...denied.map((n) => `${labels[n]}: ${here[n].why}`),
      'Installing cannot add them. Start the container with them, for instance with --cap-add for each.',
    ].join('\n'),
    offers: [],
  };
}

function permittedPlan(here: Abilities): Plan {
  const lacking = abilityNames.filter((n) => here[n].state === 'unavailable');
  return {
    title: 'The helper has its permissions.',
    detail: [
      here.installed ? `Installed: ${here.helper}` : here.helper,
      ...lacking.map((n) => `Not here: ${labels[n]}: ${here[n].why}`),
      'Packets are captured when the setting netTrace.capture is on.',
    ].join('\n'),
    offers: [],
  };
}

/** `installed`: there is something to remove. */
export function disablePlan(installed: boolean, around: { root: boolean; sudo: boolean }): Plan {
  if (!installed) {
    return {
      title: 'No helper is installed.',
      detail: `${installedFile} does not exist: there is nothing to remove.`,
      offers: [],
    };
  }
  const noSudo = !around.root && !around.sudo;
  const command = uninstallCommand(!around.root && around.sudo);
  return {
    title: 'Remove the helper’s permissions?',
    detail: `${uninstallText}\n\n${noSudo ? 'sudo is not available here. As root, run:' : 'The command:'}\n${command}`,
    offers: noSudo ? ['copy'] : ['terminal', 'copy'],
    command,
  };
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
