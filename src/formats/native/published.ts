/**
 * The native format as others see it: the JSON Schema that editors validate by, and the tables of fields of
 * docs/trace-format.md. Both are made from the schemas of the records (`node scripts/schema.mjs`), so they cannot say
 * something else than the program does; a test compares them with the committed files.
 */

import type { AnySchema } from '../../model/base/schema';
import { trace } from '../../model/records';
import { address, callSite, errorInfo, frame, header, keepAlive } from '../../model/records/common';

/** JSON Schema, draft 7 (what VS Code validates by); known words of open enums are its examples. */
export function publishedSchema(): string {
  const schema = JSON.parse(JSON.stringify(trace), (_, value: AnySchema) =>
    typeof value === 'object' && value !== null && value['x-words'] ? { ...value, examples: value['x-words'] } : value,
  ) as object;
  const head = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'nettrace.schema.json',
    title: 'Net Trace file (.nettrace.json), version 1.x',
  };
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}

/** Parts that are used in many places: described once. */
const shared: readonly [name: string, title: string, schema: AnySchema][] = [
  ['ErrorInfo', 'An error as structure', plain(errorInfo('An error, with the errors that led to it.'))],
  ['CallSite', 'The code that made something', plain(callSite('A place in code.'))],
  ['Frame', 'A place in source code', plain(frame('A place in source code, lines and columns from 1.'))],
  ['Address', 'Address and port', plain(address('One end of a connection.'))],
  ['Header', 'A header line', plain(header)],
  ['KeepAlive', 'What a Keep-Alive header said', plain(keepAlive)],
];

function plain(schema: object): AnySchema {
  return JSON.parse(JSON.stringify(schema)) as AnySchema;
}

const keysOf = (schema: AnySchema): string => Object.keys(schema.properties ?? {}).join(' ');
const sharedByKeys = new Map(shared.map(([name, , schema]) => [keysOf(schema), name]));

/** The tables of fields, as Markdown. */
export function fieldTables(): string {
  const document = plain(trace);
  const arrays = Object.entries(document.properties ?? {}).filter(
    ([, s]) => s.items?.properties && keysOf(s.items) !== '',
  );
  const open = Object.entries(document.properties ?? {}).filter(
    ([, s]) => s.items?.properties && keysOf(s.items) === '',
  );
  return [
    ...section('The document', document, (name) => arrays.some(([n]) => n === name) || open.some(([n]) => n === name)),
    '',
    'Its arrays, in this order: ' +
      [...Object.keys(document.properties ?? {})]
        .filter((n) => [...arrays, ...open].some(([a]) => a === n))
        .map((n) => `\`${n}\``)
        .join(', ') +
      '.',
    ...arrays.flatMap(([name, s]) => ['', ...section(`\`${name}\``, s.items as AnySchema)]),
    '',
    '### Arrays whose records are described by the part that records them',
    '',
    'This version keeps them and writes them back as they are.',
    '',
    '| array | what it holds | fields |',
    '|---|---|---|',
    ...open.map(([name, s]) => `| \`${name}\` | ${cell(s.description)} | ${cell(s.items?.description)} |`),
    ...shared.flatMap(([name, title, s]) => ['', ...section(`${name}: ${title.toLowerCase()}`, s)]),
    '',
  ].join('\n');
}

function section(title: string, schema: AnySchema, isElsewhere: (name: string) => boolean = () => false): string[] {
  return [
    `### ${title}`,
    '',
    ...(schema.description ? [schema.description, ''] : []),
    '| field | type | unit | present | meaning |',
    '|---|---|---|---|---|',
    ...Object.entries(schema.properties ?? {})
      .filter(([name]) => !isElsewhere(name))
      .flatMap(([name, s]) => rows(name, s, schema.required?.includes(name) ?? false)),
  ];
}

/** The row of a field, and those of the fields inside it. */
function rows(path: string, schema: AnySchema, always: boolean): string[] {
  const own = `| \`${path}\` | ${typeOf(schema)} | ${unitOf(schema)} | ${always ? 'always' : 'if known'} | ${cell(schema.description)} |`;
  const object = schema.type === 'array' ? schema.items : schema;
  if (object?.properties === undefined || sharedByKeys.has(keysOf(object))) return [own];
  const inside = schema.type === 'array' ? `${path}[]` : path;
  return [
    own,
    ...Object.entries(object.properties).flatMap(([name, s]) =>
      rows(`${inside}.${name}`, s, object.required?.includes(name) ?? false),
    ),
  ];
}

function typeOf(schema: AnySchema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema['x-kind'] === 'marks') return 'list of [instant, bytes]';
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  if (schema['x-ref'] !== undefined) return `id in ${schema['x-ref']}`;
  if (schema['x-words']) return 'word';
  if (schema.properties) {
    const name = sharedByKeys.get(keysOf(schema));
    return name && keysOf(schema) !== '' ? `[${name}](#${anchorOf(name)})` : 'object';
  }
  if (schema.patternProperties) return 'map';
  return schema.type === 'string' ? 'text' : schema.type === 'boolean' ? 'true or false' : (schema.type ?? 'anything');
}

function anchorOf(name: string): string {
  const title = shared.find(([n]) => n === name)?.[1] ?? '';
  return `${name}: ${title}`
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

function unitOf(schema: AnySchema): string {
  if (schema['x-kind'] === 'instant') return 'µs, instant';
  if (schema['x-kind'] === 'duration') return 'µs, duration';
  if (schema['x-kind'] === 'marks') return 'µs, bytes';
  return schema['x-unit'] ?? '';
}

/** The unit has its own column, so the sentence about it is removed. */
function cell(text = ''): string {
  return text
    .replace(/ (?:Instant: µs since the trace began|Duration in µs|In bytes)\.$/, '')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
}

const begin = '<!-- fields: made by scripts/schema.mjs, do not edit -->';
const end = '<!-- end of fields -->';

/** The document with its tables made again; undefined if its marks are missing. */
export function withTables(markdown: string): string | undefined {
  const from = markdown.indexOf(begin);
  const to = markdown.indexOf(end);
  return from < 0 || to < from
    ? undefined
    : `${markdown.slice(0, from + begin.length)}\n\n${fieldTables()}\n${markdown.slice(to)}`;
}
