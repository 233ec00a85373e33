/** Readers of commands, by the documented rules of cmd.exe, of the C runtime of Windows and of PowerShell. */

/** Variables that a text could try to have expanded. */
const variables: Record<string, string> = { PATH: 'C:\\Windows', COMSPEC: 'cmd.exe', a: '" & calc & "' };

/** `%name%`, `%name:~0,1%`, `%name:a=b%`. What is not set stays on a command line, and is removed in a batch file. */
function percentExpanded(text: string, batch: boolean): string {
  let out = '';
  for (let at = 0; at < text.length; ) {
    if (text[at] !== '%') {
      out += text[at++];
      continue;
    }
    if (batch && text[at + 1] === '%') {
      out += '%';
      at += 2;
      continue;
    }
    if (batch && /[\d*]/.test(text[at + 1] ?? '')) {
      at += 2;
      continue;
    }
    const end = text.indexOf('%', at + 1);
    const body = end < 0 ? '' : text.slice(at + 1, end);
    const name = body.split(':')[0] as string;
    const value = Object.entries(variables).find(([n]) => n.toLowerCase() === name.toLowerCase())?.[1];
    if (value !== undefined) {
      out += value;
      at = end + 1;
    } else if (batch) at = end < 0 ? at + 1 : end + 1;
    else out += text[at++];
  }
  return out;
}

/** The command line that cmd.exe gives to the program. Throws where it would do anything else. */
export function cmdLine(text: string, { batch = false, delayed = false } = {}): string {
  if (/[\r\n]/.test(text)) throw new Error('a second command');
  const expanded = percentExpanded(text, batch);
  let inQuotes = false;
  let out = '';
  for (let at = 0; at < expanded.length; at++) {
    const c = expanded[at] as string;
    if (c === '"') inQuotes = !inQuotes;
    else if (!inQuotes && c === '^') {
      out += expanded[++at] ?? '';
      continue;
    } else if (!inQuotes && /[&|<>()]/.test(c)) throw new Error(`cmd.exe would act upon ${c} at ${at} of ${expanded}`);
    out += c;
  }
  return delayed ? out.replace(/!([^!]*)!/g, (_, name: string) => variables[name] ?? '') : out;
}

/** The program's arguments, by the rules of the C runtime. */
export function runtimeArguments(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let inQuotes = false;
  for (let at = 0; at < line.length; ) {
    const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
    if (slashes > 0) {
      const beforeQuote = line[at + slashes] === '"';
      word = (word ?? '') + '\\'.repeat(beforeQuote ? Math.floor(slashes / 2) : slashes);
      at += slashes;
      if (beforeQuote && slashes % 2 === 1) {
        word += '"';
        at++;
      }
      continue;
    }
    const c = line[at++] as string;
    if (c === '"') {
      word ??= '';
      if (inQuotes && line[at] === '"') {
        word += '"';
        at++;
      } else inQuotes = !inQuotes;
    } else if (!inQuotes && (c === ' ' || c === '\t')) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Words, strings and tables of PowerShell; throws where there is anything else. */
export function powerShellTokens(text: string): string[] {
  const single = /['\u2018-\u201b]/;
  const tokens: string[] = [];
  for (let at = 0; at < text.length; ) {
    const c = text[at] as string;
    if (c === ' ') at++;
    else if (single.test(c)) {
      let value = '';
      for (at++; ; at++) {
        if (at >= text.length) throw new Error('a string without its end');
        if (single.test(text[at] as string)) {
          if (!single.test(text[at + 1] ?? '')) break;
          at++;
        }
        value += text[at];
      }
      at++;
      tokens.push(`'${value}`);
    } else {
      const word = /^(?:@\{|\}|;|=|-?[A-Za-z]+)/.exec(text.slice(at))?.[0];
      if (word === undefined) throw new Error(`PowerShell would act upon ${text.slice(at, at + 20)}`);
      at += word.length;
      tokens.push(word);
    }
  }
  return tokens;
}
