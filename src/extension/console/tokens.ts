/**
 * Tokens of JavaScript, as far as one needs them to know which words of an expression are names in use: strings,
 * templates, regular expressions and comments are passed over whole, what stands in `${…}` of a template is not. It reads
 * what a person types into the Debug Console; what is no JavaScript ends it early and quietly, as the debugger says so.
 */

export interface Token {
  kind: 'name' | 'punctuator' | 'literal';
  /** Of a literal only its first character. */
  text: string;
  begin: number;
  end: number;
}

const nameStart = /[\p{ID_Start}$_\\#]/u;
const namePart = /[\p{ID_Continue}$\\]|\u200c|\u200d/u;
/** Longest first. */
const punctuators = [
  '...',
  '=>',
  '===',
  '!==',
  '>>>=',
  '>>=',
  '<<=',
  '**=',
  '&&=',
  '||=',
  '??=',
  '?.',
  '==',
  '!=',
  '>=',
]
  .concat(['<=', '&&', '||', '??', '++', '--', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='])
  .sort((a, b) => b.length - a.length);
/** Words after which an expression begins; after other names one has ended. */
const operators = new Set(
  'typeof instanceof in of new return void delete throw case do else await yield extends default'.split(' '),
);

/** May a regular expression begin after this token? Else `/` divides. */
const expressionBegins = (t: Token | undefined): boolean =>
  t === undefined ||
  (t.kind === 'punctuator' && ![')', ']', '}', '++', '--'].includes(t.text)) ||
  (t.kind === 'name' && operators.has(t.text));

/** Undefined: not JavaScript, or cut off within a string. */
export function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  /** Open brackets; `${` for those of templates. */
  const open: string[] = [];
  let at = 0;
  const add = (kind: Token['kind'], end: number): void => {
    tokens.push({ kind, text: kind === 'literal' ? (text[at] as string) : text.slice(at, end), begin: at, end });
    at = end;
  };
  /** Past the text of a template, up to its end or into a substitution. */
  const template = (from: number): boolean => {
    for (let i = from; i < text.length; i++) {
      if (text[i] === '\\') i++;
      else if (text[i] === '`') {
        add('literal', i + 1);
        return true;
      } else if (text[i] === '$' && text[i + 1] === '{') {
        add('literal', i);
        add('punctuator', i + 2);
        open.push('${');
        return true;
      }
    }
    return false;
  };
  while (at < text.length) {
    const char = String.fromCodePoint(text.codePointAt(at) as number);
    if (/\s/.test(char)) at += char.length;
    else if (text.startsWith('//', at)) at = endOfLine(text, at);
    else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) return undefined;
      at = end + 2;
    } else if (char === '"' || char === "'") {
      const end = endOfString(text, at);
      if (end === undefined) return undefined;
      add('literal', end);
    } else if (char === '`') {
      if (!template(at + 1)) return undefined;
    } else if (char === '}' && open.at(-1) === '${') {
      open.pop();
      add('punctuator', at + 1);
      if (!template(at)) return undefined;
    } else if (char === '/' && expressionBegins(tokens.at(-1))) {
      const end = endOfRegex(text, at);
      if (end === undefined) return undefined;
      add('literal', end);
    } else if (/[0-9]/.test(char) || (char === '.' && /[0-9]/.test(text[at + 1] ?? ''))) {
      add(
        'literal',
        at + (/^(?:0[xob][\da-f_]+n?|(?:\d[\d_]*)?\.?[\d_]*(?:e[+-]?\d+)?n?)/i.exec(text.slice(at))?.[0].length || 1),
      );
    } else if (nameStart.test(char)) add('name', endOfName(text, at));
    else {
      const punctuator = punctuatorAt(text, at);
      if ('([{'.includes(punctuator)) open.push(punctuator);
      else if (')]}'.includes(punctuator)) open.pop();
      add('punctuator', at + punctuator.length);
    }
  }
  // Cut off within a template.
  return open.includes('${') ? undefined : tokens;
}

/** `a?.5:b` is no optional chain. */
function punctuatorAt(text: string, at: number): string {
  const found = punctuators.find((p) => text.startsWith(p, at)) ?? (text[at] as string);
  return found === '?.' && /[0-9]/.test(text[at + 2] ?? '') ? '?' : found;
}

function endOfLine(text: string, at: number): number {
  const end = /[\n\r\u2028\u2029]/.exec(text.slice(at));
  return end ? at + end.index : text.length;
}

function endOfString(text: string, at: number): number | undefined {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '\n' || text[i] === '\r') return undefined;
    else if (text[i] === text[at]) return i + 1;
  }
  return undefined;
}

function endOfRegex(text: string, at: number): number | undefined {
  let inClass = false;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '\n') return undefined;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return endOfName(text, i + 1);
  }
  return undefined;
}

function endOfName(text: string, at: number): number {
  let end = at;
  for (const char of text.slice(at)) {
    // `#` begins a private name, and nothing else.
    if (!namePart.test(char) && !(end === at && char === '#')) break;
    end += char.length;
  }
  return end;
}
