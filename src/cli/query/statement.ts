/**
 * What `nettrace query` lets through: one statement that reads. The connection refuses to write and has no extensions;
 * this refuses what would open another file (ATTACH, VACUUM INTO), and says why in words.
 */
import { UsageError } from '../terminal/say';

/** Pragmas that describe tables. With an argument in parentheses, never with a value. */
const pragmas = [
  'table_list',
  'table_info',
  'table_xinfo',
  'index_list',
  'index_info',
  'index_xinfo',
  'function_list',
  'compile_options',
] as const;

const pragma = /^pragma\s+(?:main\.)?(\w+)\s*(?:\(\s*['"]?\w*['"]?\s*\))?$/i;
const longest = 100_000;

/** The statement without what follows it. Throws UsageError. */
export function oneStatement(sql: string): string {
  if (sql.length > longest)
    throw new UsageError(`the query has ${sql.length} characters; at most ${longest} are read.`);
  if (sql.includes('\0')) throw new UsageError('the query has a zero byte in it.');
  const { code, end } = withoutTexts(sql);
  if (code.replace(/[;\s]/g, '') === '') throw new UsageError('the query is empty.');
  if (code.slice(end).replace(/[;\s]/g, '') !== '')
    throw new UsageError('the query has several statements: give one at a time.');
  const words = code.slice(0, end).trim();
  const [first = ''] = /^[a-z]+/i.exec(words) ?? [];
  switch (first.toLowerCase()) {
    case 'select':
    case 'with':
    case 'values':
    case 'explain':
      return sql.slice(0, end);
    case 'pragma':
      if (isOneOf(pragmas, pragma.exec(sql.slice(0, end).trim())?.[1]?.toLowerCase())) return sql.slice(0, end);
      throw new UsageError(`a query only reads: of PRAGMA there are ${pragmas.join(', ')}.`);
    default:
      throw new UsageError(
        `a query only reads: it begins with SELECT, WITH, VALUES, EXPLAIN or PRAGMA${first === '' ? '' : `, not with ${first.slice(0, 20)}`}.`,
      );
  }
}

const isOneOf = (names: readonly string[], name: string | undefined): boolean =>
  name !== undefined && names.includes(name);

/** The statement with texts, quoted names and comments blanked, and where it ends: at its semicolon, or the end. */
function withoutTexts(sql: string): { code: string; end: number } {
  const parts =
    /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
  const code = sql.replace(parts, (text) =>
    /^(--|\/\*)/.test(text) ? ' '.repeat(text.length) : 'x'.repeat(text.length),
  );
  const semicolon = code.indexOf(';');
  return { code, end: semicolon < 0 ? code.length : semicolon };
}
