/** Of `nettrace doctor`: what the kernel's side can do here, and how it gets the permission that it lacks. */
import { type Abilities, type AbilityName, abilitiesHere } from '../../helper/abilities';
import { bundledHelper, installCommand, uninstallCommand } from '../../helper/permission';
import { messageOf } from '../../model/base/text';

interface Finding {
  state: 'ok' | 'warn';
  text: string;
  advice?: string;
}

/** Packets have a line of their own: others than the helper can capture them. */
const labels = {
  events: 'events of the kernel',
  conntrack: 'connection tracking',
} as const satisfies Partial<Record<AbilityName, string>>;
type Labelled = keyof typeof labels;

export async function helperFindings(folder: string): Promise<Finding[]> {
  try {
    const here = await abilitiesHere(folder);
    if (!('missing' in here)) return findingsOf(here, bundledHelper(folder));
    const advice = { advice: 'It is built with a C compiler and make: npm run build.' };
    const text = `no kernel statistics: ${here.detail}`;
    return [{ state: 'warn', text, ...(here.missing === 'noHelper' ? advice : {}) }];
  } catch (error) {
    return [{ state: 'warn', text: `no kernel statistics: the helper ${messageOf(error)}` }];
  }
}

function findingsOf(here: Abilities, bundled: string): Finding[] {
  const { figures, installed } = here;
  const names = Object.keys(labels) as Labelled[];
  const by = (state: Abilities['events']['state']) => names.filter((n) => here[n].state === state);
  const denied = by('needsPermission');
  const listed = (which: readonly Labelled[]) => which.map((n) => labels[n]).join(', ');
  const out: Finding[] = [
    figures.state === 'available' && figures.why === undefined
      ? { state: 'ok', text: `kernel statistics, by ${here.helper}` }
      : { state: 'warn', text: `not all kernel statistics: ${figures.why}` },
  ];
  const there = by('available');
  if (there.length > 0) {
    const how = installed
      ? `, by the installed helper (to remove it: ${uninstallCommand(!here.root)})`
      : here.root
        ? ', as root with --helper all'
        : '';
    out.push({ state: 'ok', text: `${listed(there)}${how}` });
  }
  for (const n of there)
    if (here[n].why !== undefined) out.push({ state: 'warn', text: `not all of ${labels[n]}: ${here[n].why}` });
  if (denied.length > 0) {
    const advice = installed
      ? here.advice
      : `${installCommand(bundled, true)}   (what it does, and how to undo it: ${installCommand(bundled, false)} --dry-run)`;
    out.push({
      state: 'warn',
      text: `${listed(denied)}: need permission`,
      ...(advice === undefined ? {} : { advice }),
    });
  }
  for (const n of by('unavailable')) out.push({ state: 'warn', text: `no ${labels[n]} here: ${here[n].why}` });
  return out;
}
