/** Reads a rules file, YAML or JSON (which is YAML too); what is wrong is said with line and column. */
import * as fs from 'node:fs/promises';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { type Rules, readRules } from '../../analysis/check/rules';
import { rulesFile } from '../../analysis/check/rulesFile';
import { Check } from '../../model/base/checks';
import { messageOf } from '../../model/base/text';
import { printable, UsageError } from '../terminal/say';

const maxBytes = 1_000_000;
/** A rules file has no use for many; each may stand for a great deal of text. */
const maxAliases = 100;
const schema = new Check(rulesFile, 'rules');

/** Throws UsageError. */
export async function readRulesFile(path: string): Promise<Rules> {
  const lines = new LineCounter();
  const document = parseDocument(await textOf(path), { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const [problem] = document.errors;
  if (problem) throw new UsageError(`${at(problem.pos[0])}: ${printable(problem.message)}`);
  const value = contentsOf(document, path);
  if (!schema.passes(value)) throw new UsageError(schemaMessage(document, value, at, path));
  const read = readRules(value as Parameters<typeof readRules>[0]);
  if ('rules' in read) return read.rules;
  const [first, ...others] = read.problems.map(
    ({ path: to, message }) => `${at(offsetOf(document, to))}: ${printable(message)}`,
  );
  throw new UsageError([first, ...others].join('\nnettrace: '));
}

async function textOf(path: string): Promise<string> {
  try {
    const { size } = await fs.stat(path);
    if (size > maxBytes) throw new UsageError(`${path}: larger than 1 MB, so it is no rules file.`);
    return await fs.readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${path}: ${code === 'ENOENT' ? 'no such rules file' : messageOf(error)}.`);
  }
}

function contentsOf(document: Document, path: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    if (value === null) throw new UsageError(`${path}: the file is empty. It needs rules: a list of rules.`);
    return value;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: ${messageOf(error)}`);
  }
}

function schemaMessage(document: Document, value: unknown, at: (offset: number) => string, path: string): string {
  const error = schema.firstError(value);
  if (error === undefined) return `${path}: this is no rules file.`;
  const { params, keyword, instancePath } = error as { params: object; keyword: string; instancePath: string };
  const to = instancePath.split('/').slice(1).map(unescaped);
  const unknown = (params as { additionalProperties?: string[] }).additionalProperties?.[0];
  if (unknown !== undefined) to.push(unknown);
  const place = at(offsetOf(document, to));
  if (unknown !== undefined || keyword === 'boolean') {
    const { properties = {} } = schemaAt(to.slice(0, -1));
    const known = Object.keys(properties).filter((name) => name !== '$schema');
    return `${place}: unknown key "${printable(to.at(-1) ?? '')}"; the keys here are ${known.join(', ')}.`;
  }
  const where = to.map((word) => (/^\d+$/.test(word) ? `[${word}]` : `.${word}`)).join('');
  const { description } = schemaAt(to);
  const wrong = keyword === 'pattern' || keyword === 'enum' ? 'is not valid' : error.message;
  const meaning = keyword === 'required' || description === undefined ? '' : ` ${description}`;
  return `${place}: ${printable(where.slice(1)) || 'the file'} ${printable(wrong)}.${meaning}`;
}

const unescaped = (word: string): string => word.replaceAll('~1', '/').replaceAll('~0', '~');

interface Part {
  properties?: Record<string, Part>;
  items?: Part;
  description?: string;
}

/** The schema of what stands there, empty where that is not known. */
function schemaAt(path: readonly string[]): Part {
  let at = rulesFile as Part;
  for (const word of path) at = at.properties?.[word] ?? at.items ?? {};
  return at;
}

/** Of the innermost node on the path that the file has; the key where there is one. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const word of path) {
    const { items } = (node ?? {}) as { items?: { key?: Ranged; value?: unknown }[] };
    if (items === undefined) break;
    const isPair = items.some((item) => item?.key !== undefined);
    const item = isPair ? items.find(({ key }) => String(key?.value) === String(word)) : items[Number(word)];
    if (item === undefined) break;
    offset = (isPair ? item.key : (item as Ranged))?.range?.[0] ?? offset;
    node = isPair ? item.value : item;
  }
  return offset;
}

interface Ranged {
  value?: unknown;
  range?: [number, number, number] | null;
}
