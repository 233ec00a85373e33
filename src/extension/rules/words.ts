/** A trace rule in words, for the tree and the lists to pick from. */
import type { TraceRule } from '../../model/records';

/** What happened to it in the newest run: `Store.header.traceRequests`. */
export type InRun = Pick<TraceRule, 'id' | 'state' | 'matched'>;

export const titleOf = (r: TraceRule): string => (r.condition ? r.condition : (r.description ?? 'All requests'));

/** `3 of 5`, `limit reached` and what else is not usual. Empty: nothing to say. */
export function detailsOf(r: TraceRule, run: InRun | undefined): string {
  const parts: string[] = [];
  if (r.condition && r.description) parts.push(r.description);
  const counted = countText(r, run);
  if (counted !== undefined) parts.push(counted);
  if (r.enabled && run?.state === 'limitReached') parts.push('limit reached');
  if (r.sample !== undefined && r.sample > 1) parts.push(`1 in ${r.sample}`);
  if (r.owner !== undefined) parts.push(`by ${r.owner}`);
  return parts.join(' · ');
}

/** Requests traced for it in the newest run; a limit is one for each process, so the fullest process is reported. */
function countText({ limit }: TraceRule, run: InRun | undefined): string | undefined {
  const byProcess = new Map<string, number>();
  for (const { thread, count } of run?.matched ?? []) {
    const process = String(thread).replace(/-\d+$/, '');
    byProcess.set(process, (byProcess.get(process) ?? 0) + Number(count));
  }
  const counts = [...byProcess.values()];
  if (limit === undefined) return counts.length === 0 ? undefined : `${counts.reduce((a, b) => a + b, 0)}`;
  const processes = counts.length > 1 ? ` in the busiest of ${counts.length} processes` : '';
  return `${Math.max(0, ...counts)} of ${limit}${processes}`;
}

/** All of it, as text, for the hover. */
export function tooltipOf(r: TraceRule, run: InRun | undefined): string {
  const lines = [r.condition ? `Requests that match ${r.condition}` : 'Every request of the program'];
  if (r.description) lines.push(r.description);
  lines.push(r.enabled ? 'Enabled' : 'Not enabled: nothing is traced for it');
  if (r.limit !== undefined)
    lines.push(`At most ${r.limit} in each process${run?.state === 'limitReached' ? '; reached in this run' : ''}`);
  if (r.sample !== undefined && r.sample > 1)
    lines.push(`1 in ${r.sample} requests is recorded; the others are counted`);
  if (r.owner !== undefined) lines.push(`Made by the extension ${r.owner}`);
  lines.push(`Id ${r.id}`);
  return lines.join('\n');
}
