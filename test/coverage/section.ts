/** Parts of docs/coverage.md that different runs write, each between its marks. */

const marks = (name: string): [begin: string, end: string] => [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];

/** The page with a new text in one of its parts; the others stay as they are. */
export function withSection(page: string, name: string, text: string): string {
  const [begin, end] = marks(name);
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/coverage.md has lost the marks of ${name}`);
  return `${page.slice(0, from)}${begin}\n${text.trim()}\n${page.slice(to)}`;
}
