/**
 * Replaces `$net` in an expression of the Debug Console before the expression reaches the debugger, so that nothing has
 * to be defined in the program. Only a free name is replaced, and only where the program does not define `$net` itself;
 * an expression that declares or assigns it is left unchanged.
 */
import { type Token, tokensOf } from './tokens';

const name = '$net';

/** One use of `$net` in an expression. */
export interface Use {
  /** The member that is read: `requests`, `last` …; absent: `$net` alone, or a member computed at run time. */
  member?: string;
  /** The one argument of `$net.requests("…")`, when it is a plain string. */
  query?: string;
}

/** The uses, in order; empty: there is none to be replaced. */
export function usesOf(expression: string): Use[] {
  return (replaceable(expression) ?? []).map(({ use }) => use);
}

/** The expression with each use replaced by what `object` makes for it; undefined: nothing is to be replaced. */
export function rewrite(expression: string, object: (use: Use) => string): string | undefined {
  const found = replaceable(expression);
  if (!found || found.length === 0) return undefined;
  let out = '';
  let at = 0;
  for (const { token, use, shorthand } of found) {
    // A name in front, not a bracket: a bracket would go on with the expression of the line before.
    const value = `Object(typeof ${name} === 'undefined' ? ${object(use)} : ${name})`;
    out += `${expression.slice(at, token.begin)}${shorthand ? `${name}: ` : ''}${value}`;
    at = token.end;
  }
  return out + expression.slice(at);
}

interface Found {
  token: Token;
  use: Use;
  /** `{ $net }` */
  shorthand: boolean;
}

function replaceable(expression: string): Found[] | undefined {
  // Most of what is evaluated has none, and is not looked at further.
  if (!expression.includes(name)) return [];
  const tokens = tokensOf(expression);
  if (!tokens) return undefined;
  const brackets = bracketsOf(tokens);
  const found: Found[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== 'name' || token.text !== name) continue;
    const place = placeOf(tokens, i, brackets);
    if (place === 'bound') return undefined;
    if (place !== 'property')
      found.push({ token, use: useOf(expression, tokens, i), shorthand: place === 'shorthand' });
  }
  return found;
}

const declaring = new Set(['let', 'const', 'var', 'function', 'class', 'import', 'as', 'async']);
const accessor = new Set(['get', 'set', 'static']);
const assigning = /^(?:=|[-+*/%&|^]=|\*\*=|<<=|>>=|>>>=|&&=|\|\|=|\?\?=|\+\+|--|=>)$/;

function placeOf(
  tokens: readonly Token[],
  i: number,
  brackets: ReadonlyMap<number, Bracket>,
): 'use' | 'property' | 'shorthand' | 'bound' {
  const before = tokens[i - 1]?.text ?? '';
  const after = tokens[i + 1]?.text ?? '';
  if (before === '.' || before === '?.') return 'property';
  if (accessor.has(before) && after === '(') return 'property';
  if (declaring.has(before) || assigning.test(after) || before === '++' || before === '--') return 'bound';
  const bracket = brackets.get(i);
  if (isBinding(tokens, bracket, brackets)) return 'bound';
  const begins = before === '{' || (before === ',' && bracket?.text === '{');
  if (begins && bracket?.text === '{') {
    if (after === ':' || after === '(') return 'property';
    if (after === ',' || after === '}') return 'shorthand';
  }
  // A label.
  if (after === ':' && (before === '' || before === ';' || before === '}')) return 'property';
  return 'use';
}

interface Bracket {
  text: string;
  /** Index of the token that opens it, and of the one that closes it. */
  open: number;
  close: number;
}

/** For each token the innermost brackets round it. */
function bracketsOf(tokens: readonly Token[]): Map<number, Bracket> {
  const round = new Map<number, Bracket>();
  const stack: Bracket[] = [];
  for (const [i, { kind, text }] of tokens.entries()) {
    if (kind === 'punctuator' && [')', ']', '}'].includes(text)) {
      const last = stack.pop();
      if (last) last.close = i;
    }
    const inner = stack.at(-1);
    if (inner) round.set(i, inner);
    if (kind === 'punctuator' && ['(', '[', '{', '${'].includes(text))
      stack.push({ text, open: i, close: tokens.length });
  }
  return round;
}

/** Parameters, patterns: names in them are declared or assigned. In doubt they are, and the expression stays as it is. */
function isBinding(
  tokens: readonly Token[],
  from: Bracket | undefined,
  brackets: ReadonlyMap<number, Bracket>,
): boolean {
  for (let bracket = from; bracket; bracket = brackets.get(bracket.open)) {
    const before = tokens[bracket.open - 1]?.text ?? '';
    const after = tokens[bracket.close + 1]?.text ?? '';
    if (bracket.text === '(') {
      if (after === '=>' || before === 'catch' || before === 'function') return true;
      if (tokens[bracket.open - 2]?.text === 'function' || (tokens[bracket.open - 2]?.text === '*' && after === '{'))
        return true;
    } else if (bracket.text === '{' || bracket.text === '[') {
      if (after === '=' || after === 'of' || declaring.has(before)) return true;
    }
  }
  return false;
}

function useOf(expression: string, tokens: readonly Token[], i: number): Use {
  const [dot, member, open, argument, close] = tokens.slice(i + 1, i + 6);
  if ((dot?.text !== '.' && dot?.text !== '?.') || member?.kind !== 'name') return {};
  const use: Use = { member: member.text };
  if (open?.text === '(' && argument?.kind === 'literal' && close?.text === ')') {
    const query = stringOf(expression.slice(argument.begin, argument.end));
    if (query !== undefined) use.query = query;
  }
  return use;
}

/** Value of a literal, if it is a string without escapes worth the name. */
function stringOf(literal: string): string | undefined {
  const inner = literal.slice(1, -1);
  if (!/^(["'`])/.test(literal) || literal.at(-1) !== literal[0]) return undefined;
  if (/\\[^\\"'`/]/.test(inner)) return undefined;
  return inner.replace(/\\(.)/gs, '$1');
}
