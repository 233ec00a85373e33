/**
 * The options as package.json and the documentation show them (`node scripts/options.mjs`). A test compares both with
 * what is committed, so they cannot say something else than the program does.
 */
import attributes from './attributes.json';
import { cliNames, debugNames, settingId, settingNames } from './places';
import { groups, type Option, type OptionName, type SettingName, tableOf } from './table';

interface Manifest {
  contributes: {
    configuration: { properties: object };
    debuggers: { type: string; configurationAttributes: Record<'launch' | 'attach', { properties: object }> }[];
  };
}

/** package.json with the settings and the attributes of the table. */
export function withOptions(text: string): string {
  const manifest = JSON.parse(text) as Manifest;
  const { configuration, debuggers } = manifest.contributes;
  configuration.properties = settings();
  const ours = debuggers.find((d) => d.type === 'net-trace');
  if (!ours) throw new Error('package.json has no debugger net-trace');
  const { launch, attach, both } = attributes;
  ours.configurationAttributes.launch.properties = { ...launch, ...both, ...debugAttributes() };
  ours.configurationAttributes.attach.properties = { ...attach, ...both, ...debugAttributes() };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function settings(): object {
  const property = (name: SettingName) => {
    const { setting, default: value } = tableOf[name];
    const { scope } = setting ?? {};
    return { ...(scope && { scope }), ...schemaOf(name), default: value, markdownDescription: sentences(name) };
  };
  return Object.fromEntries(settingNames.map((name) => [settingId(name), property(name)]));
}

function debugAttributes(): object {
  const isSetting = (name: OptionName) => tableOf[name].setting !== undefined;
  const without = (name: OptionName) => {
    if (tableOf[name].adds) return ` Added to the setting \`${settingId(name as SettingName)}\`.`;
    return isSetting(name) ? ` Default: the setting \`${settingId(name as SettingName)}\`.` : '';
  };
  const property = (name: OptionName) => ({
    ...schemaOf(name),
    ...(name === 'capture' ? formerCapture() : {}),
    markdownDescription: `${sentences(name)}${without(name)}`,
  });
  const inside = Object.fromEntries(debugNames.map((name) => [name, property(name)]));
  return {
    netTrace: {
      markdownDescription: 'What to record. `false`: run without the hook.',
      default: true,
      anyOf: [{ type: 'boolean' }, { type: 'object', additionalProperties: false, properties: inside }],
    },
    sample: property('sample'),
  };
}

/** `capture` was an object once, and may be still. */
function formerCapture(): object {
  const flag = { type: 'boolean' };
  const properties = { limit: schemaOf('captureLimit'), icmp: flag, arp: flag, headersOnly: flag };
  return { type: ['boolean', 'object'], additionalProperties: false, properties };
}

/** JSON Schema of a value. */
function schemaOf(name: OptionName): object {
  const option = tableOf[name];
  if (option.kind === 'choice')
    return { type: 'string', enum: option.of, ...(option.each && { enumDescriptions: option.each }) };
  if (option.kind === 'list')
    return { type: 'array', items: { type: 'string', ...(option.of ? { enum: option.of } : { minLength: 1 }) } };
  if (option.kind !== 'whole') return { type: option.kind === 'flag' ? 'boolean' : 'string' };
  const { min, max, words } = option;
  const whole = { type: 'integer', minimum: min, ...(max === undefined ? {} : { maximum: max }) };
  return words ? { anyOf: [{ type: 'string', enum: words }, whole] } : whole;
}

const withoutLinks = (markdown: string): string => markdown.replace(/\[([^[\]]*)\]\([^()]*\)/g, '$1');

/** The text of an option as sentences. */
function sentences(name: OptionName): string {
  const { text, more } = tableOf[name];
  return withoutLinks(`${text.charAt(0).toUpperCase()}${text.slice(1)}.${more ? ` ${more}` : ''}`);
}

function valuesText(option: Option): string {
  if (option.kind === 'flag') return 'on or off';
  if (option.kind === 'choice') return code(option.of);
  if (option.kind === 'list') return option.of ? `list of ${code(option.of)}` : 'list';
  if (option.kind === 'text') return 'text';
  const { min, max, words, cli, setting } = option;
  const range = (unit: number) => (max === undefined ? `${min / unit} or more` : `${min / unit} to ${max / unit}`);
  if (cli?.seconds) return `${range(1000)} s${setting ? ` on the command line, ${range(1)} ms elsewhere` : ''}`;
  return words ? `${code(words)}, or ${range(1)}` : range(1);
}

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

function defaultText(name: OptionName): string {
  const { kind, cli, default: value, without } = tableOf[name];
  if (without !== undefined) return without;
  if (value === undefined) return kind === 'flag' ? 'off' : 'none';
  if (kind === 'flag') return value ? 'on' : 'off';
  return String(cli?.seconds ? Number(value) / 1000 : value);
}

const cellText = (text: string): string => text.replaceAll('|', '\\|');

const textFor = (name: OptionName): string => {
  const { text, more } = tableOf[name];
  return cellText(more ? `${text}. ${more}` : text);
};

/** Text between the marks of a part of a page; undefined: they are not there. */
function between(page: string, part: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- begin: ${part} -->`, `<!-- end: ${part} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the marks of "${part}" are not in the page`);
  return `${page.slice(0, from + begin.length)}\n\n${lines.join('\n')}\n\n${page.slice(to)}`;
}

/** docs/command-line.md with the options of `nettrace run`. */
export function withRunOptions(page: string): string {
  const rows = cliNames.map((name) => {
    const { cli } = tableOf[name];
    return `| \`${cli?.flags}\` | ${textFor(name)} | ${defaultText(name)} |`;
  });
  return between(page, 'options of run', ['| option | meaning | default |', '|---|---|---|', ...rows]);
}

/** docs/reference.md with every option and all its places. */
export function withReference(page: string): string {
  // What `nettrace run` alone has comes last.
  const [alone, ...others] = Object.entries(groups);
  const lines = [...others, ...(alone ? [alone] : [])].flatMap(([title, group]) => {
    const names = Object.keys(group) as OptionName[];
    return [`## ${title}`, '', ...names.flatMap(referenceOf)];
  });
  return between(page, 'options', lines.slice(0, -1));
}

function referenceOf(name: OptionName): string[] {
  const option = tableOf[name];
  const { cli, setting, debug } = option;
  const places = [
    cli && `command line \`${cli.flags}\``,
    setting && `setting \`${settingId(name as SettingName)}\``,
    debug && `debug configuration \`${debug === 'inside' ? 'netTrace.' : ''}${name}\``,
  ].filter(Boolean);
  const each = option.kind === 'choice' ? (option.each ?? []).map((t, i) => `- \`${option.of[i]}\`: ${t}`) : [];
  const { text, more } = option;
  return [
    `### ${name}`,
    '',
    `${text.charAt(0).toUpperCase()}${text.slice(1)}.${more ? ` ${more}` : ''}`,
    '',
    ...(each.length > 0 ? [...each, ''] : []),
    '| | |',
    '|---|---|',
    `| set by | ${places.join('; ')} |`,
    `| values | ${valuesText(option)} |`,
    `| default | ${defaultText(name)}${cli?.seconds ? ' s' : ''} |`,
    '',
  ];
}
