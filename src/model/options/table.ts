/**
 * Every option of a trace, once: its kind and default, its text, and where a user sets it. `nettrace run`'s options, the
 * settings, the attributes of a debug configuration, the hook's configuration (`recorded.ts`) and docs/reference.md are
 * made from this table. After a change run `node scripts/options.mjs`; a test fails when the files say something else.
 */
import type { Kind, ValuesOf } from './kinds';
import { recorded } from './recorded';

interface Places {
  /** What it does, as a verb phrase without a full stop. */
  text: string;
  /** Further sentences, in Markdown with links relative to docs/; not part of `--help`. */
  more?: string;
  /** Of a choice: one sentence for each of its values. */
  each?: readonly string[];
  /** What holds where nothing is set, if that is no plain value. */
  without?: string;
  cli?: {
    flags: string;
    /** Other spellings that are accepted, not listed. */
    aliases?: readonly string[];
    /** The command line takes seconds, the value is in ms. */
    seconds?: true;
    /** A list is given by repeating the option; else its items have commas between them. */
    repeat?: true;
  };
  /** `id` without `netTrace.`; absent: the option's name. `scope` as VS Code has it; absent: window. */
  setting?: { id?: string; scope?: 'machine' | 'machine-overridable' };
  /** Attribute of launch and attach configurations: inside `netTrace`, or beside it. */
  debug?: 'inside' | 'beside';
  /** A path, which is absolute in VS Code. */
  path?: true;
  /** A list of a debug configuration is added to that of the setting, else it takes its place. */
  adds?: true;
}

export type Option = Kind & Places;

/** Bytes of packets that are kept. */
const captureLimit = 64 * 1024 * 1024;

/** What a trace records, of which connections, and how. */
const recording = {
  headers: {
    ...recorded.headers,
    text: 'record request and response headers',
    more: 'At level `names` without values, at `lengths` with the lengths of values. Well-known secrets stay masked at every level.',
    cli: { flags: '--headers <level>' },
    setting: { scope: 'machine-overridable' },
    debug: 'inside',
  },
  excludeHeaders: {
    ...recorded.excludeHeaders,
    text: 'never record the values of the headers with these names, only their lengths',
    more: 'Upper and lower case are the same. For `headers` at level `values`: the other levels record no values.',
    without: 'none',
    cli: { flags: '--exclude-headers <names>' },
    setting: { scope: 'machine-overridable' },
    debug: 'inside',
  },
  maskedParameters: {
    ...recorded.maskedParameters,
    text: 'mask the values with these names too, wherever they stand',
    more: 'In URLs, headers, bodies and texts, beside the [well-known secrets](secrets.md#by-name). Upper and lower case and separators make no difference.',
    without: 'none',
    cli: { flags: '--masked-parameters <names>' },
    setting: { scope: 'machine-overridable' },
    debug: 'inside',
    adds: true,
  },
  callSites: {
    ...recorded.callSites,
    text: 'record the calling line: of all requests, of none (off), or of at most N requests per second',
    cli: { flags: '--call-sites <which>' },
    setting: {},
    debug: 'inside',
  },
  bodies: {
    ...recorded.bodies,
    text: 'record bodies up to this many bytes',
    more: '0: none. Known secrets are masked, others may remain: see [exchanges](exchanges.md#recorded-bodies).',
    cli: { flags: '--bodies <bytes>' },
    setting: { scope: 'machine-overridable' },
    debug: 'inside',
  },
  bodyTypes: {
    ...recorded.bodyTypes,
    text: 'record only bodies whose content type begins with one of these, such as text/,application/json',
    more: '`*` for all.',
    without: 'text, JSON, XML, forms',
    cli: { flags: '--body-types <types>' },
    setting: { scope: 'machine-overridable' },
    debug: 'inside',
  },
  sockets: {
    ...recorded.sockets,
    text: 'record each read and write of a traced socket',
    cli: { flags: '--sockets' },
    setting: {},
    debug: 'inside',
  },
  dnsResolver: {
    ...recorded.dnsResolver,
    text: 'look names up with our own resolver, so that DNS messages are recorded',
    cli: { flags: '--dns-resolver' },
    setting: {},
    debug: 'inside',
  },
  stacks: {
    ...recorded.stacks,
    text: 'record the whole call stack of each request, awaits included',
    more: 'Also where a library breaks the chain of awaits ([coverage](coverage.md#whose-line)). Costs a program of many promises up to three times its time.',
    cli: { flags: '--stacks' },
    setting: {},
    debug: 'inside',
  },
  incoming: {
    ...recorded.incoming,
    text: 'record the requests that the program serves, as causes of those it makes',
    cli: { flags: '--incoming' },
    setting: {},
    debug: 'inside',
  },
  description: {
    kind: 'text',
    text: 'description of the trace',
    more: 'Saved in every format.',
    without: 'the command',
    cli: { flags: '--description <text>' },
    debug: 'inside',
  },
} as const satisfies Record<string, Option>;

const packets = {
  capture: {
    kind: 'flag',
    default: false,
    text: 'capture the packets of the traced connections and of their DNS lookups (needs permission)',
    more: 'They are kept in a private temporary file, on the command line for `-o FILE.pcapng`, in VS Code with the TLS session keys as long as the run is shown: **Net Trace: Save Packets…** See [packets](packets.md).',
    cli: { flags: '--capture' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  keys: {
    ...recorded.keys,
    text: 'include TLS session keys in the .pcapng: who has the file can decrypt it',
    more: 'Without it none are recorded. Also `--keys`.',
    cli: { flags: '--tls-keys', aliases: ['--keys'] },
  },
  tlsKeyLog: {
    kind: 'text',
    default: '',
    text: 'write TLS session keys to this file while the program runs, as SSLKEYLOGFILE has them: who has the file can decrypt the traffic',
    more: 'Mode 0600; appended to where it exists. Wireshark reads it during its own capture. In VS Code an absolute path.',
    without: 'none',
    path: true,
    cli: { flags: '--tls-key-log <file>' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  deleteTlsKeys: {
    kind: 'flag',
    default: false,
    text: 'delete the file of --tls-key-log when the trace ends',
    more: 'In VS Code also the keys that are kept for **Save Packets…**.',
    cli: { flags: '--delete-tls-keys' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  captureLimit: {
    kind: 'whole',
    min: 0,
    default: captureLimit,
    text: 'maximum bytes of packets to keep',
    more: 'The file says when it was reached.',
    cli: { flags: '--capture-limit <bytes>' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  captureSnapLength: {
    kind: 'whole',
    min: 64,
    max: 262_144,
    default: 262_144,
    text: 'maximum bytes to keep of each packet',
    more: 'The file has the length on the wire too. 262144: all.',
    cli: { flags: '--capture-snap-length <bytes>' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  captureInterfaces: {
    kind: 'list',
    default: [],
    text: 'capture on these network interfaces only',
    more: 'By the names of the system, `lo,eth0`. One that does not exist is an error.',
    without: 'all',
    cli: { flags: '--capture-interfaces <names>' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  captureAlso: {
    kind: 'list',
    of: ['icmp', 'arp'],
    default: [],
    text: 'capture icmp, arp, or both too',
    more: 'All of these messages, whosever they are.',
    without: 'none',
    cli: { flags: '--capture-also <what>' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  captureHeadersOnly: {
    kind: 'flag',
    default: false,
    text: 'capture packet headers, no payload',
    more: 'Of TCP. Also `--capture-headers`.',
    cli: { flags: '--capture-headers-only', aliases: ['--capture-headers'] },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
} as const satisfies Record<string, Option>;

const kernel = {
  helper: {
    kind: 'choice',
    of: ['auto', 'basic', 'all', 'none'],
    default: 'auto',
    each: [
      'What is permitted: figures of each connection (round trip, retransmits, windows), and events of the kernel and connection tracking once the helper has been installed for them (Net Trace: Enable Kernel Events and Packets).',
      'Only what needs no permission.',
      'Events and connection tracking in any case, as far as they are permitted: for root, who needs no installed helper.',
      'Start no helper.',
    ],
    text: 'kernel statistics (TCP_INFO, routes, counters) by the native helper: auto, what is permitted; basic, what needs no permission; all, for root too; none',
    more: 'Linux only. See [kernel](kernel.md).',
    cli: { flags: '--helper <use>' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  kernelInterval: {
    kind: 'whole',
    min: 0,
    max: 3_600_000,
    default: 1000,
    text: 'time between two samples of an open connection; 0: none',
    more: 'Only what changed is kept. Seconds on the command line, milliseconds elsewhere.',
    cli: { flags: '--kernel-interval <seconds>', seconds: true },
    setting: {},
    debug: 'inside',
  },
  kernelModulus: {
    kind: 'whole',
    min: 1,
    default: 1,
    text: 'sample 1 in N open connections; first and last samples are always taken',
    more: 'Also `--kernel-modulus`.',
    cli: { flags: '--kernel-sample <n>', aliases: ['--kernel-modulus <n>'] },
    setting: {},
    debug: 'inside',
  },
  kernelFamilies: {
    kind: 'list',
    of: ['ipv4', 'ipv6'],
    default: ['ipv4', 'ipv6'],
    text: 'sample only connections of these address families: ipv4, ipv6',
    without: 'both',
    cli: { flags: '--kernel-families <names>' },
    setting: {},
    debug: 'inside',
  },
  enableConntrack: {
    kind: 'flag',
    default: false,
    text: 'enable kernel connection tracking for the duration of the run',
    more: 'By a table of the packet filter that goes with the helper; needs permission. See [privileges](privileges.md).',
    cli: { flags: '--enable-conntrack' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
} as const satisfies Record<string, Option>;

const bounds = {
  trace: {
    kind: 'list',
    default: [],
    text: 'trace only the requests that match: a query, as in `nettrace show` (repeatable)',
    more: 'See [trace rules](trace-rules.md). A request that matches several is recorded once. In a debug configuration: `traceRules`.',
    without: 'everything',
    cli: { flags: '--trace <condition>', repeat: true },
  },
  enabled: {
    kind: 'flag',
    text: 'load the hook, but trace nothing until `nettrace rules enable`',
    more: 'What `--trace` names is there then, not enabled.',
    cli: { flags: '--no-trace' },
  },
  limit: {
    kind: 'whole',
    min: 1,
    text: 'maximum requests to trace per process',
    more: 'Of each `--trace`.',
    cli: { flags: '--limit <n>' },
  },
  sample: {
    kind: 'whole',
    min: 1,
    text: 'record 1 in N requests; the others, failed ones too, are only counted',
    without: '1',
    cli: { flags: '--sample <n>' },
    debug: 'beside',
  },
  maxRequests: {
    kind: 'whole',
    min: 1,
    max: 10_000_000,
    default: 20_000,
    text: 'requests kept in the trace; beyond that the oldest are dropped, the counts stay exact',
    more: 'The same in every file saved of it.',
    cli: { flags: '--max-requests <n>' },
    setting: { id: 'runs.maxRequests' },
  },
} as const satisfies Record<string, Option>;

/** Of `nettrace run` alone: where the trace goes, and what is printed. */
const printing = {
  output: {
    kind: 'list',
    default: [],
    text: 'save the trace; the suffix decides: .nettrace.json, .har, .eve.json or .pcapng (repeatable)',
    more: 'See [convert](command-line.md#convert). Suffix, folder and permission are checked before the program starts.',
    without: 'none',
    cli: { flags: '-o, --output <file>', repeat: true },
  },
  log: {
    kind: 'flag',
    text: 'print every event as a line, as it happens; with --json each as an object',
    cli: { flags: '--log' },
  },
  table: {
    kind: 'flag',
    text: 'live table of requests',
    more: 'It lists those that run, and the newest.',
    cli: { flags: '--table' },
  },
  interval: {
    kind: 'whole',
    min: 100,
    max: 3_600_000,
    text: 'refresh interval of --table',
    without: '1, on a pipe 10',
    cli: { flags: '--interval <seconds>', seconds: true },
  },
  sort: {
    kind: 'choice',
    of: ['time', 'newest', 'duration', 'status', 'url'],
    text: 'order of the rows of the table, and which come first; default: by time, of those that are listed',
    more: 'Without it a summary lists what failed and the slowest, a live table what runs and the newest, both by time.',
    without: 'none',
    cli: { flags: '--sort <key>' },
  },
  rows: {
    kind: 'whole',
    words: ['all'],
    min: 1,
    text: 'maximum rows of the table; all: every request',
    without: '50; as --table has room',
    cli: { flags: '--rows <n>' },
  },
  json: { kind: 'flag', text: 'summary as one line of JSON', more: 'On stderr.', cli: { flags: '--json' } },
  quiet: { kind: 'flag', text: 'no summary', cli: { flags: '--quiet' } },
} as const satisfies Record<string, Option>;

/** Settings of the panel and the editor. */
const display = {
  editorNotes: {
    kind: 'choice',
    of: ['afterLine', 'codeLens', 'both', 'off'],
    default: 'afterLine',
    each: [
      'Behind the line that makes the requests.',
      'Above the line, as a link.',
      'Behind and above the line.',
      'No notes.',
    ],
    text: 'where count, last status and median time stand beside the code that makes requests',
    setting: { id: 'editor.notes' },
  },
  panelOpen: {
    kind: 'choice',
    of: ['onStart', 'onFirstRequest', 'never'],
    default: 'onStart',
    each: ['When a traced program starts.', 'When a traced program makes its first request.', 'Only by hand.'],
    text: 'when the panel comes to the front by itself',
    setting: { id: 'panel.open' },
  },
  runsKeep: {
    kind: 'whole',
    min: 1,
    max: 50,
    default: 5,
    text: 'how many runs the panel keeps; 1 replaces the rows at each start',
    setting: { id: 'runs.keep' },
  },
  breakpointsInDebugView: {
    kind: 'flag',
    default: true,
    text: 'show network breakpoints in the Breakpoints view, and the request among the variables while the program stands at one',
    more: 'Off: they are in the view *Network Breakpoints* only. Takes effect at the next start.',
    setting: {},
  },
} as const satisfies Record<string, Option>;

export const groups = {
  'Output of nettrace run': printing,
  'What is recorded': recording,
  'Which requests': bounds,
  Packets: packets,
  'Kernel statistics': kernel,
  'Panel and editor': display,
};

const options = { ...printing, ...recording, ...packets, ...kernel, ...bounds, ...display };

/** Values of options that are set. */
export type OptionValues = Partial<ValuesOf<typeof options>>;
export type OptionName = keyof typeof options;

type Such<W> = { [N in OptionName]: (typeof options)[N] extends W ? N : never }[OptionName];
/** What the command line, or a setting, or a debug configuration can set. */
export type CliName = Such<{ cli: object }>;
export type SettingName = Such<{ setting: object }>;
export type DebugName = Such<{ debug: 'inside' }>;

export const tableOf: Readonly<Record<OptionName, Option>> = options;

/** What holds where an option is not set. */
export const defaultOf = <N extends Such<{ default: unknown }>>(name: N): NonNullable<OptionValues[N]> =>
  tableOf[name].default as NonNullable<OptionValues[N]>;

export const sortKeys = options.sort.of;
export type SortKey = (typeof sortKeys)[number];
