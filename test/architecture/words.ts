/** The words that users read, and those that were refused for them (CONTRIBUTING.md, "Words"). */
import { parseAst } from 'vitest/node';

interface Refused {
  words: RegExp;
  /** What to write, in the words of Node's, DevTools' and VS Code's docs. */
  use: string;
}

/** In texts for users and in the docs. */
export const refused: readonly Refused[] = [
  { words: /\b(?:un)?told\b/i, use: 'reported, shown, sent; unreported' },
  { words: /\btells? (?:\w+ ){0,5}apart\b/i, use: 'distinguish' },
  { words: /\blook-ups?\b/i, use: 'lookup' },
  { words: /\btime-outs?\b/i, use: 'timeout' },
  { words: /\bset-ups?\b/i, use: 'setup (noun), set up (verb)' },
  { words: /\btrace requests?\b/i, use: 'trace rule: beside HTTP requests the other word confuses' },
  { words: /\bkernel(?:['’]s)? figures\b|\bfigures of the kernel\b/i, use: 'kernel statistics' },
  { words: /\bevery so many\b/i, use: '1 in N' },
  { words: /\bmakes? no sense\b/i, use: 'is invalid, with what is wrong' },
  {
    words: /\b(?:certificate|chain|name|condition)s? (?:does not |do not )?holds?\b(?! (?:of|for|a|the|no|up))/i,
    use: 'is valid, is invalid',
  },
  { words: /\b(?:traced|kept|shown|sampled) a (?:process|request|connection|run)\b/i, use: 'per process, per request' },
  { words: /\bbeneath\b/i, use: 'underlying, below' },
  { words: /\banew\b|\bagain and again\b/i, use: 'again, repeatedly' },
  { words: /\bat the latest\b/i, use: 'no later than, by' },
  { words: /\bin the end\b/i, use: 'finally, at the end of' },
  { words: /\bof (?:ours|yours)\b/i, use: 'the name of what it belongs to: Net Trace’s, your …' },
  {
    words: /\bset up anew\b|\bcame unpacked\b|\bpacked answer\b/i,
    use: 'not resumed; uncompressed; compressed response',
  },
  {
    words: /\b(?:server|host|endpoint)['’]?s? answer\b(?! to)|\banswer['’]s (?:head|body|status)\b/i,
    use: 'response (DNS has answers)',
  },
];

/** In names of the code. What others fixed (Node's API, formats) is not ours to rename. */
export const refusedNames: readonly Refused[] = [
  {
    words: /^#?(?:tell|tells|told|telling|untold)(?:[A-Z]|$)|[a-z](?:Told|Untold)(?:[A-Z]|$)/,
    use: 'report, reported',
  },
  { words: /^#?(?:most|least)(?:[A-Z]|$)/, use: 'max, min' },
  { words: /^#?lookUp|LookUp/, use: 'lookup' },
  { words: /^#?timeOut|TimeOut/, use: 'timeout' },
  { words: /[pP]atience/, use: 'timeoutMs' },
];

/** Refused words that stay, each with the reason. */
export const exceptions: readonly { in: string; text: string; why: string }[] = [
  {
    in: 'src/analysis/rules/lookups/repeatedLookups.ts',
    text: 'repeated-look-ups',
    why: 'The id of a finding is written to files; it does not change.',
  },
];

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

interface Place {
  line: number;
  text: string;
}

const isNode = (v: unknown): v is Node => typeof v === 'object' && v !== null && 'type' in v;

function walk(node: unknown, visit: (node: Node) => boolean): void {
  if (Array.isArray(node)) for (const one of node) walk(one, visit);
  else if (isNode(node) && visit(node)) for (const key in node) walk(node[key], visit);
}

/** What the string literals, templates and JSX texts of a source file say, and its names. */
export function wordsOf(source: string, jsx = true): { texts: Place[]; names: Place[] } {
  const texts: Place[] = [];
  const names: Place[] = [];
  const lineAt = (at: number) => source.slice(0, at).split('\n').length;
  walk(parseAst(source, { lang: jsx ? 'tsx' : 'ts', sourceType: 'module' }), (node) => {
    if (node.type.startsWith('Import') && node.type !== 'ImportExpression') return false;
    const { value } = node;
    const text =
      node.type === 'TemplateElement' ? (value as { cooked?: string }).cooked : typeof value === 'string' ? value : '';
    if (/^(?:Literal|TemplateElement|JSXText)$/.test(node.type) && text) texts.push({ line: lineAt(node.start), text });
    if (/^(?:Private)?Identifier$/.test(node.type)) names.push({ line: lineAt(node.start), text: String(node.name) });
    return true;
  });
  return { texts, names };
}

/** `line: "words" in "text": use …` for each refused word. */
export function findingsIn(places: readonly Place[], list: readonly Refused[]): string[] {
  return places.flatMap(({ line, text }) =>
    list.flatMap(({ words, use }) => {
      const found = words.exec(text)?.[0];
      return found === undefined ? [] : [`${line}: "${found}" in "${text.trim().slice(0, 100)}": use ${use}`];
    }),
  );
}

/** A page's lines outside of its code blocks. Inline code stays: it may be a name. */
export function proseOf(page: string): Place[] {
  let inCode = false;
  return page.split('\n').flatMap((text, i) => {
    if (text.startsWith('```')) inCode = !inCode;
    return inCode ? [] : [{ line: i + 1, text: text.replace(/`[^`]*`/g, '``') }];
  });
}
