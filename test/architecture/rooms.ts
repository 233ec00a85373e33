/** The rooms of the source, what each may import, and the order of the sub-rooms (docs/architecture.md). */

/** Room → rooms it may import from. A room may always import from itself. */
export const arrows: Record<string, readonly string[]> = {
  'src/model': [],
  'src/hook': ['src/model'],
  'src/formats': ['src/model'],
  'src/analysis': ['src/model'],
  'src/answers': ['src/model', 'src/formats', 'src/analysis'],
  'src/helper': ['src/model', 'src/formats'],
  'src/session': ['src/model', 'src/helper'],
  'src/replay': ['src/model', 'src/formats', 'src/analysis'],
  'src/extension': [
    'src/model',
    'src/session',
    'src/helper',
    'src/formats',
    'src/analysis',
    'src/answers',
    'src/replay',
  ],
  'src/cli': ['src/model', 'src/session', 'src/helper', 'src/formats', 'src/analysis', 'src/answers'],
  webview: ['src/model', 'src/analysis'],
};

export const rooms = Object.keys(arrows);

/** Packages (and `node:` as one) that a room may use at run time; the other rooms may use `node:` and any. */
export const packages: Record<string, readonly string[]> = {
  'src/model': ['typebox'],
  'src/hook': ['node:'],
  'src/analysis': ['typebox'],
  webview: ['preact', '@vscode/codicons'],
};

/** Files of the model that the hook may bundle: they import nothing else. Types may come from any. */
export const bundledByHook: ReadonlySet<string> = new Set([
  'src/model/secrets/mask',
  'src/model/secrets/arguments',
  'src/model/secrets/bodyMask',
  'src/model/base/hosts',
  'src/model/dnsMessage/decode',
  'src/model/dnsMessage/encode',
  'src/model/base/package',
  'src/model/lines/control',
  'src/model/lines/breakpoints',
  'src/model/options/kinds',
  'src/model/options/recorded',
  'src/model/query/compile',
  'src/model/query/parse',
]);

/** Sub-rooms, lowest first: each may import from those before it, types too. '.' is the room's own folder. */
export const order: Record<string, readonly string[]> = {
  'src/model': [
    'base',
    'options',
    'dnsMessage',
    'records',
    'lines',
    'secrets',
    'facts',
    'store',
    'phases',
    'fold',
    'rows',
    'query',
    'panel',
    '.',
    'testing',
  ],
  'src/hook': [
    'runtime',
    'output',
    'sites',
    'records',
    'control',
    'request',
    'dns',
    'sockets',
    'http1',
    'http2',
    'undici',
    'server',
    '.',
  ],
  'src/formats': ['file', 'shared', 'redact', 'native', 'sqlite', 'eve', 'har', 'pcapng', 'otlp', '.', 'testing'],
  'src/analysis': ['base', 'verdict', 'rules', '.', 'compare', 'check', 'testing'],
  'src/answers': ['base', 'requests', 'tools'],
  'src/session': ['sources', 'spool', 'program', 'control', 'kernel', 'packets', '.', 'testing'],
  'src/helper': ['.', 'capture'],
  'src/replay': ['events', 'known', 'position', 'adapter', 'testing'],
  'src/cli': [
    'terminal',
    'table',
    'summary',
    'request',
    'trace',
    'check',
    'otlp',
    'sinks',
    'run',
    'show',
    'query',
    'diff',
    'rules',
    'doctor',
    'mcp',
    'completion',
    'verbs',
    '.',
  ],
  'src/extension': [
    'support',
    'rows',
    'kernel',
    'details',
    'copies',
    'bodies',
    'runs',
    'panel',
    'rules',
    'api',
    'assistants',
    'console',
    'debug',
    'breakpoints',
    'notes',
    'problems',
    'trace',
    'compare',
    'sending',
    'replay',
    'kept',
    '.',
    'testing',
  ],
  webview: ['view', 'state', 'input', 'widgets', '.'],
};

/** The helper's sub-rooms in C, by their `#include` lines. */
export const nativeOrder: readonly string[] = ['core', 'netlink', 'install', 'bpf', 'capture'];

/** Lists of what is above them: every feature, every verb. */
export const nativeLists: ReadonlySet<string> = new Set(['core/features.c', 'core/verbs.c']);

/** Bundles of their own that are loaded when they are first needed, from any sub-room. */
export const loadedOnDemand: ReadonlySet<string> = new Set(['src/extension/work.ts']);

/** More files than this in one folder, without those of its sub-folders, are too many to find one by its name. */
export const maxFiles = 16;

/** Folders that may hold more, with the reason. */
export const larger: Record<string, string> = {};

/** The room of a path, with or without the file's ending. */
export const roomOf = (path: string): string | undefined => rooms.find((r) => path === r || path.startsWith(`${r}/`));

/** The sub-room of a file of this room; '.': it is in the room's own folder. */
export function subRoomOf(file: string, room: string): string {
  const [first = '', ...rest] = file.slice(room.length + 1).split('/');
  return rest.length === 0 ? '.' : first;
}
