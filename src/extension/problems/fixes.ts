/** Edits that a finding's line can be given without knowing more of the program; each shown before it is made. */

export interface Fix {
  title: string;
  /** What takes the place of `from` to `to`, characters of the text. */
  from: number;
  to: number;
  text: string;
}

/** `text`: the whole document. `line`: of the finding, from 0. */
export function fixesOf(rule: string, text: string, line: number): Fix[] {
  if (rule === 'keep-alive-off') return keepAlive(text);
  return rule === 'body-not-read' ? readBody(text, line) : [];
}

const newAgent = /\bnew\s+(?:https?\s*\.\s*)?Agent\s*\(\s*(\)|\{)/g;

/** Only where the file makes one agent: it is the one that the finding is about, or none in this file is. */
function keepAlive(text: string): Fix[] {
  const agents = [...text.matchAll(newAgent)];
  const [agent] = agents;
  if (agents.length !== 1 || !agent) return [];
  const at = agent.index + agent[0].length;
  const title = 'Add keepAlive: true to the agent';
  if (agent[1] === ')') return [{ title, from: at - 1, to: at - 1, text: '{ keepAlive: true }' }];
  const end = text.indexOf('}', at);
  // Options that hold braces, or say it already, are for their author.
  const options = end < 0 ? undefined : text.slice(at, end);
  if (options === undefined || /[{[(]|\bkeepAlive\b/.test(options)) return [];
  return [{ title, from: at, to: at, text: options.trim() === '' ? ' keepAlive: true ' : ' keepAlive: true,' }];
}

/** `await fetch(…);` as a statement of its own: nobody has the response. */
function readBody(text: string, line: number): Fix[] {
  const from = startOf(text, line);
  const end = text.indexOf('\n', from);
  const statement = text.slice(from, end < 0 ? text.length : end).replace(/\r$/, '');
  const m = /^(\s*)await\s+(fetch\(.*\))(;?\s*)$/.exec(statement);
  if (!m || !isBalanced(m[2] as string)) return [];
  const [, indent = '', call = '', rest = ''] = m;
  return [
    {
      title: 'Cancel the body, so that its connection is free again',
      from,
      to: from + statement.length,
      text: `${indent}await (await ${call}).body?.cancel()${rest}`,
    },
  ];
}

function startOf(text: string, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) at = text.indexOf('\n', at) + 1;
  return at;
}

/** The call ends with the last parenthesis, and no text or comment can hide one. */
function isBalanced(call: string): boolean {
  const plain = call.replace(/'[^'\\]*'|"[^"\\]*"|`[^`\\$]*`/g, '');
  if (/['"`/\\]/.test(plain)) return false;
  let open = 0;
  for (const [i, c] of [...plain].entries()) {
    if (c === '(') open++;
    else if (c === ')') open--;
    if (open === 0 && c === ')' && i < plain.length - 1) return false;
  }
  return open === 0;
}
