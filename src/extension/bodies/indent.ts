/**
 * JSON with line ends and indents. Only the space between its tokens changes, so that numbers and duplicate keys stay as
 * they were sent, and a text that was cut, or is no JSON after all, stays readable.
 */
const step = '  ';
/** Deeper ones stand at this indent: a text of nothing but brackets would grow by its square. */
const maxDepth = 40;

export function indentJson(text: string): string {
  const out: string[] = [];
  let depth = 0;
  const line = () => `\n${step.repeat(Math.min(Math.max(depth, 0), maxDepth))}`;
  // Strings (also an unfinished one), signs, and what is between them.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\[\s\S])*"?|[[\]{},:]|[^\s"[\]{},:]+/g)) {
    const last = out.at(-1);
    if (token === '}' || token === ']') {
      depth--;
      const opened = last === '{' || last === '[';
      if (!opened) out.push(line());
      out.push(token);
      continue;
    }
    if (last === '{' || last === '[' || last === ',') out.push(line());
    // Of lines of JSON each is a value.
    else if (last !== undefined && last !== ': ') if (token !== ',' && token !== ':') out.push(line());
    if (token === ':') out.push(': ');
    else out.push(token);
    if (token === '{' || token === '[') depth++;
  }
  return `${out.join('')}\n`;
}
