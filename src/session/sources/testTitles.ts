/**
 * Which test's code a line is in, by the text of its file: the titles of the calls of `test`, `it` and `describe` around it.
 * A scanner of brackets, strings and comments, for JavaScript and TypeScript. Where it is not sure (a title that is
 * computed, a text that it cannot follow), there is no title: never a wrong one.
 */

interface Opened {
  bracket: string;
  /** Of a call that has a title. */
  call?: { kind: 'test' | 'suite'; title: string | undefined };
  /** `test.each(…)`, which is called again with the title. */
  each?: 'test' | 'suite' | undefined;
}

export interface TitledCall {
  kind: 'test' | 'suite';
  /** Absent: computed when it ran. */
  title: string | undefined;
  /** Offsets of its parentheses. */
  begin: number;
  end: number;
}

const kinds: Readonly<Record<string, 'test' | 'suite'>> = {
  test: 'test',
  it: 'test',
  specify: 'test',
  describe: 'suite',
  suite: 'suite',
  context: 'suite',
};
const callee = /(?<![\w$])(?:[\w$]+\.)?(test|it|specify|describe|suite|context)((?:\.[a-zA-Z]+)*)\s*$/;
const titled = /^\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.|\$(?!\{))*)`)\s*,/;
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '${': '}' };
/** Before these a slash divides; before all else it begins a regular expression. */
const divides = /(?:[\w$)\]}'"`]|\+\+|--)$/;
const operatorWord = /(?<![\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield|instanceof)$/;

/** Calls with titles, as they are opened; undefined: the text could not be followed. */
export function titledCalls(text: string): TitledCall[] | undefined {
  const open: (Opened & { at: number })[] = [];
  const found: TitledCall[] = [];
  /** The last that was closed. */
  let closed: { at: number; each?: 'test' | 'suite' | undefined } = { at: -1 };
  /** End of the last that is no space or comment. */
  let last = 0;
  let i = 0;
  const template = (): boolean => {
    for (; i < text.length; i++) {
      if (text[i] === '\\') i++;
      else if (text[i] === '`') {
        i++;
        return true;
      } else if (text[i] === '$' && text[i + 1] === '{') {
        open.push({ bracket: '${', at: i });
        i += 2;
        return true;
      }
    }
    return false;
  };
  while (i < text.length) {
    const c = text[i] as string;
    if (c === '/' && text[i + 1] === '/') {
      const end = text.indexOf('\n', i);
      i = end < 0 ? text.length : end;
      continue;
    }
    if (c === '/' && text[i + 1] === '*') {
      const end = text.indexOf('*/', i + 2);
      if (end < 0) return undefined;
      i = end + 2;
      continue;
    }
    if (/\s/.test(c)) {
      i++;
      continue;
    }
    const before = text.slice(Math.max(0, last - 60), last);
    if (c === "'" || c === '"') {
      const end = endOfString(text, i);
      if (end === undefined) return undefined;
      i = end;
    } else if (c === '`') {
      i++;
      if (!template()) return undefined;
    } else if (c === '/' && (!divides.test(before) || operatorWord.test(before))) {
      const end = endOfExpression(text, i);
      if (end === undefined) return undefined;
      i = end;
    } else if (c in closing) {
      const opened: Opened & { at: number } = { bracket: c, at: i };
      if (c === '(') {
        const name = callee.exec(before);
        const kind = closed.at === last - 1 && closed.each ? closed.each : name ? kinds[name[1] as string] : undefined;
        if (kind && name?.[2]?.endsWith('.each')) opened.each = kind;
        else if (kind) {
          // `test('x')` of a regular expression has no second argument, and no code in it.
          const title = titled.exec(text.slice(i, i + 500));
          opened.call = { kind, title: title ? unescaped(title[1] ?? title[2] ?? title[3] ?? '') : undefined };
        }
      }
      open.push(opened);
      i++;
    } else if (c === ')' || c === ']' || c === '}') {
      const opened = open.pop();
      if (!opened || closing[opened.bracket] !== c) return undefined;
      if (opened.call) found.push({ ...opened.call, begin: opened.at, end: i });
      closed = { at: i, each: opened.each };
      i++;
      if (opened.bracket === '${' && !template()) return undefined;
    } else i++;
    last = i;
  }
  return open.length === 0 ? found.sort((a, b) => a.begin - b.begin) : undefined;
}

/** `prices › asks the shop`: of the innermost test around a place, with its suites. Absent: none, or not known. */
export function titleAt(calls: readonly TitledCall[], offset: number): string | undefined {
  const around = calls.filter(({ begin, end }) => begin < offset && offset < end);
  const innermost = around.findLastIndex(({ kind }) => kind === 'test');
  const titles = around.slice(0, innermost + 1).map(({ title }) => title);
  return innermost < 0 || titles.includes(undefined) ? undefined : titles.join(' › ');
}

function endOfString(text: string, from: number): number | undefined {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === text[from]) return i + 1;
    else if (text[i] === '\n') return undefined;
  }
  return undefined;
}

function endOfExpression(text: string, from: number): number | undefined {
  let inClass = false;
  for (let i = from + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i + 1;
  }
  return undefined;
}

const unescaped = (literal: string): string => literal.replace(/\\(['"`\\$])/g, '$1').replace(/\s+/g, ' ');
