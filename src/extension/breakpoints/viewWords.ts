/** A network breakpoint in words, for the tree and the lists to pick from. */
import { defaultThresholdMs, listName, thresholdText } from '../../model/lines/breakpoints';
import type { BreakpointChange, ListedBreakpoint } from './list';

type Field = keyof BreakpointChange;

/** What may be changed of it, in the words of VS Code's own breakpoints. */
export const fieldWords: Readonly<Record<Field, { label: string; prompt: string; placeHolder: string }>> = {
  condition: {
    label: 'Condition',
    prompt: 'Stops only for requests that match, as in the panel’s filter. Empty: every request.',
    placeHolder: 'method:POST path:/api/*',
  },
  hitCondition: {
    label: 'Hit Count',
    prompt: 'A number, optionally after >, >=, <, <=, == or %. Empty: every time.',
    placeHolder: '>=3',
  },
  logMessage: {
    label: 'Log Message',
    prompt:
      'Logged to the Debug Console instead of stopping; {method}, {url}, {status} … are replaced. Empty: it stops.',
    placeHolder: '{method} {url} took {duration}',
  },
  thresholdMs: {
    label: 'Threshold',
    prompt: `Milliseconds. Empty: ${defaultThresholdMs}.`,
    placeHolder: String(defaultThresholdMs),
  },
};

export const fieldsOf = ({ kind }: Pick<ListedBreakpoint, 'kind'>): Field[] =>
  (Object.keys(fieldWords) as Field[]).filter((field) => field !== 'thresholdMs' || kind === 'slowerThan');

/** The field's value from what was typed. Undefined: none. */
export const typedValue = (field: Field, text: string): string | number | undefined => {
  if (text.trim() === '') return undefined;
  return field === 'thresholdMs' ? Number(text) : text;
};

/** `status:500 · hits >=3 · logs “…” · hit 2 times`. Empty: nothing to say. */
export function detailsOf(b: ListedBreakpoint, hits: number | undefined): string {
  const parts: string[] = [];
  // Of the others with a time of their own the name says it.
  if (b.kind === 'slowerThan' && (b.id === b.kind || thresholdText(b) === thresholdText({})))
    parts.push(thresholdText(b));
  if (b.condition) parts.push(b.condition);
  if (b.hitCondition) parts.push(`hit count ${b.hitCondition}`);
  if (b.logMessage) parts.push(`logs “${b.logMessage}”`);
  if (hits !== undefined) parts.push(hitsText(hits));
  return parts.join(' · ');
}

export function tooltipOf(b: ListedBreakpoint, hits: number | undefined): string {
  const lines = [`${b.logMessage ? 'Logs' : 'Stops'} when: ${listName(b)}`];
  if (b.kind === 'slowerThan') lines.push(`Time: ${thresholdText(b)}`);
  if (b.condition) lines.push(`Condition: ${b.condition}`);
  if (b.hitCondition) lines.push(`Hit count: ${b.hitCondition}`);
  if (b.logMessage) lines.push(`Log message: ${b.logMessage}`);
  if (b.callSite) lines.push(`Only for requests made at ${b.callSite.file}:${b.callSite.line}`);
  lines.push(b.enabled ? 'Enabled' : 'Not enabled');
  if (hits !== undefined) lines.push(`${hitsText(hits)} since the program started`);
  return lines.join('\n');
}

const hitsText = (n: number): string => `hit ${n === 1 ? 'once' : `${n} times`}`;
