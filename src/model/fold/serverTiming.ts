/** Reads the response header `Server-Timing`, in which a server reports its own times. */
import type { Header, Response } from '../records';

type Metric = NonNullable<Response['serverTiming']>[number];
const max = 32;

/** Metrics of all such headers in the order given; undefined when there is none, or its value is not recorded. */
export function serverTimingOf(headers: readonly Header[]): Metric[] | undefined {
  const values = headers.flatMap((h) =>
    h.name.toLowerCase() === 'server-timing' && h.value !== undefined ? [h.value] : [],
  );
  if (values.length === 0) return undefined;
  return values.flatMap((v) => split(v, ',').flatMap(metricOf)).slice(0, max);
}

function metricOf(text: string): Metric[] {
  const [name = '', ...parameters] = split(text, ';');
  if (name === '') return [];
  const metric: Metric = { name };
  for (const p of parameters) {
    const eq = p.indexOf('=');
    const value = eq < 0 ? '' : unquoted(p.slice(eq + 1).trim());
    const key = (eq < 0 ? p : p.slice(0, eq)).trim().toLowerCase();
    const ms = Number.parseFloat(value);
    if (key === 'dur' && ms >= 0 && Number.isFinite(ms)) metric.duration ??= ms * 1000;
    if (key === 'desc') metric.description ??= value;
  }
  return [metric];
}

const unquoted = (s: string): string => (/^".*"$/.test(s) ? s.slice(1, -1).replace(/\\(.)/g, '$1') : s);

/** Parts between separators outside quotes, trimmed. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quoted && c === '\\') {
      part += c + (text[++i] ?? '');
      continue;
    }
    if (c === '"') quoted = !quoted;
    if (c === separator && !quoted) {
      parts.push(part.trim());
      part = '';
    } else part += c;
  }
  parts.push(part.trim());
  return parts;
}
