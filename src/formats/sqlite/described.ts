/** The tables in words, for docs/sql.md. */
import { stores, tables, views } from './tables';

const begin = '<!-- tables: made by scripts/schema.mjs, do not edit -->';
const end = '<!-- end of tables -->';

/** The page with today's tables; undefined: it has lost their marks. */
export function withSqlTables(markdown: string): string | undefined {
  const from = markdown.indexOf(begin);
  const to = markdown.indexOf(end);
  if (from < 0 || to < from) return undefined;
  const texts = [...tables, ...views, ...stores].map(({ name, about, columns }) => {
    const lines = columns.map((c) => `| \`${c.name}\` | ${c.type} | ${c.about.replaceAll('|', '\\|')} |`);
    return `### ${name}\n\n${about}\n\n| column | type | meaning |\n|---|---|---|\n${lines.join('\n')}\n`;
  });
  return `${markdown.slice(0, from + begin.length)}\n\n${texts.join('\n')}\n${markdown.slice(to)}`;
}
