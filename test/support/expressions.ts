/** Every regular expression of the product, found in its sources, and texts that make one slow if anything can. */
import { readdirSync, readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { parseAst } from 'vitest/node';

export interface Expression {
  /** `src/model/secrets/mask.ts: /…/g` */
  name: string;
  regex: RegExp;
}

interface Node {
  type: string;
  regex?: { pattern: string; flags: string };
  value?: unknown;
  callee?: Node & { name?: string };
  arguments?: Node[];
  quasis?: { value: { cooked: string } }[];
  expressions?: Node[];
  start: number;
  end: number;
}

/** Sources that run in the product: tests and their helpers are left out. */
export const sources = (): string[] =>
  ['src', 'webview']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`))
    .filter(
      (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\.testing\.ts$|\.d\.ts$|[\\/]testing(?:[\\/]|\.ts$)/.test(file),
    )
    .map((file) => file.replaceAll('\\', '/'))
    .sort();

/** `made`: expressions that are put together at run time, which no scan of the sources can read. */
export function expressionsOf(files: readonly string[]): { expressions: Expression[]; made: string[] } {
  const expressions: Expression[] = [];
  const made: string[] = [];
  for (const file of files) {
    const { code } = transformSync(readFileSync(file, 'utf8'), {
      loader: file.endsWith('x') ? 'tsx' : 'ts',
      target: 'esnext',
    });
    const add = (pattern: string, flags: string): void => {
      expressions.push({ name: `${file}: /${pattern}/${flags}`, regex: new RegExp(pattern, flags) });
    };
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) {
        value.forEach(visit);
        return;
      }
      if (typeof value !== 'object' || value === null) return;
      const node = value as Node;
      if (node.regex) add(node.regex.pattern, node.regex.flags);
      else if (/^(?:New|Call)Expression$/.test(node.type) && node.callee?.name === 'RegExp') {
        const [pattern, flags] = (node.arguments ?? []).map(staticText);
        if (pattern === undefined) made.push(`${file}: ${code.slice(node.start, node.end)}`);
        else add(pattern, flags ?? '');
      }
      for (const [key, inner] of Object.entries(node)) if (key !== 'regex') visit(inner);
    };
    visit(parseAst(code));
  }
  return { expressions, made };
}

function staticText(node: Node): string | undefined {
  if (typeof node.value === 'string') return node.value;
  return node.type === 'TemplateLiteral' && node.expressions?.length === 0 ? node.quasis?.[0]?.value.cooked : undefined;
}

/** Some texts that match at a place, shortest first. */
type Samples = string[];
/** Enough to meet each class that a text can be of. */
const alphabet = [...'aA0 -_./\\:;,=?&@#%+*$^~<>(){}[]|\'"`!\t\n', 'é', '\u0000'];

/**
 * Texts to repeat: what the parts of the expression match, alone and one after the other, with what begins a match in
 * front of it. No end is reached, or one only in the last character.
 */
export function attacksOn({ source, flags }: RegExp): { before: string; pump: string; after: string }[] {
  const { parts } = new Parser(source, flags).all();
  const pumps = new Set<string>();
  const befores = new Set<string>(['']);
  let begun = [''];
  for (const part of parts) {
    for (const one of part.slice(0, 6)) {
      pumps.add(one);
      for (const b of begun.slice(0, 3)) pumps.add(b + one);
    }
    // Two of a kind that differ: `[\w-]` after a word boundary needs the one that is no letter.
    for (const a of part.slice(0, 4)) for (const b of part.slice(0, 4)) pumps.add(a + b);
    begun = begun.slice(0, 2).flatMap((b) => part.slice(0, 2).map((one) => b + one));
    for (const b of begun.slice(0, 2)) befores.add(b);
  }
  for (const b of begun) for (const last of [' ', '-', '\n', 'a', '"']) pumps.add(b + last);
  pumps.delete('');
  const list: { before: string; pump: string; after: string }[] = [];
  for (const pump of pumps) {
    list.push({ before: '', pump, after: '\u0001' });
    for (const before of befores) if (before !== '' && befores.size < 8) list.push({ before, pump, after: '\u0001' });
  }
  return list.slice(0, 160);
}

/** As much of the grammar as it takes to make texts: groups, classes, quantifiers, alternatives. */
class Parser {
  #at = 0;
  readonly #source: string;
  readonly #flags: string;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  /** Samples of each part of the expression, those inside groups too. */
  all(): { parts: Samples[] } {
    const parts: Samples[] = [];
    this.#alternatives(parts);
    return { parts };
  }

  #alternatives(parts: Samples[]): Samples {
    const all: Samples = [];
    do all.push(...this.#sequence(parts));
    while (this.#eat('|'));
    return short(all);
  }

  #sequence(parts: Samples[]): Samples {
    let all: Samples = [''];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] as string)) {
      const one = this.#quantified(this.#atom(parts));
      parts.push(one);
      all = short(all.slice(0, 4).flatMap((a) => one.slice(0, 3).map((b) => a + b)));
    }
    return all;
  }

  #quantified(one: Samples): Samples {
    const m = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})\??/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (m === null) return one;
    this.#at += m[0].length;
    const min = m[1] === undefined ? 1 : Math.max(1, Math.min(40, Number(m[1])));
    return one.map((s) => s.repeat(min));
  }

  #atom(parts: Samples[]): Samples {
    const c = this.#source[this.#at++] as string;
    if (c === '(') {
      const isLook = /^\?(?:<?[=!])/.exec(this.#source.slice(this.#at, this.#at + 3));
      const head = isLook ?? /^\?(?:<[^>]+>|[\w-]*:)/.exec(this.#source.slice(this.#at, this.#at + 64));
      this.#at += head?.[0].length ?? 0;
      const inside = this.#alternatives(parts);
      this.#at++;
      return isLook ? [''] : inside;
    }
    if (c === '[') {
      const from = this.#at - 1;
      while (this.#source[this.#at] !== ']') this.#at += this.#source[this.#at] === '\\' ? 2 : 1;
      this.#at++;
      return this.#matching(this.#source.slice(from, this.#at));
    }
    if (c === '\\') {
      const escaped = /^(?:u\{[^}]*\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[pP]\{[^}]*\}|k<[^>]*>|c[A-Z]|[\s\S])/i.exec(
        this.#source.slice(this.#at),
      );
      this.#at += escaped?.[0].length ?? 1;
      return /^[bB]$/.test(escaped?.[0] ?? '') ? [''] : this.#matching(`\\${escaped?.[0]}`);
    }
    if (c === '^' || c === '$') return [''];
    return c === '.' ? this.#matching('.') : [c];
  }

  #matching(atom: string): Samples {
    try {
      const regex = new RegExp(`^${atom}$`, this.#flags.replace(/[gy]/g, ''));
      const found = alphabet.filter((c) => regex.test(c));
      for (let n = 1; found.length === 0 && n < 0x300; n++)
        if (regex.test(String.fromCharCode(n))) found.push(String.fromCharCode(n));
      return found;
    } catch {
      return [''];
    }
  }

  #eat(c: string): boolean {
    if (this.#source[this.#at] !== c) return false;
    this.#at++;
    return true;
  }
}

const short = (all: Samples): Samples => [...new Set(all)].slice(0, 8);
