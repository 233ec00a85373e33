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
    more: 'Case is ignored. Applies to `headers` at level `values`; the other levels record no values.',
    without: 'none',
    cli: { flags: '--exclude-headers <names>' },
    setting: { scope: 'machine-overridable' },
    debug: 'inside',
  },
  maskedParameters: {
    ...recorded.maskedParameters,
    text: 'also mask the values with these names, wherever they appear',
    more: 'In URLs, headers, bodies and messages, in addition to the [well-known secrets](secrets.md#by-name). Case and separators are ignored.',
    without: 'none',
    cli: { flags: '--masked-parameters <names>' },
    setting: { scope: 'machine-overridable' },
    debug: 'inside',
    adds: true,
  },
  callSites: {
    ...recorded.callSites,
    text: 'record the calling line of all requests, of none (off), or of at most N requests per second',
    cli: { flags: '--call-sites <which>' },
    setting: {},
    debug: 'inside',
  },
  bodies: {
    ...recorded.bodies,
    text: 'record bodies up to this many bytes',
    more: '0: none. Known secrets are masked; others may remain: see [exchanges](exchanges.md#recorded-bodies).',
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
    text: 'resolve names with Net Trace’s own resolver, so that DNS messages are recorded',
    cli: { flags: '--dns-resolver' },
    setting: {},
    debug: 'inside',
  },
  stacks: {
    ...recorded.stacks,
    text: 'record the full call stack of each request, including awaits',
    more: 'Also works where a library breaks the chain of awaits ([coverage](coverage.md#whose-line)). Programs with many promises may take up to three times as long.',
    cli: { flags: '--stacks' },
    setting: {},
    debug: 'inside',
  },
  incoming: {
    ...recorded.incoming,
    text: 'record the requests that the program serves, as the cause of those it makes',
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
    text: 'include TLS session keys in the .pcapng: anyone who has the file can decrypt it',
    more: 'Without it none are recorded. Also `--keys`.',
    cli: { flags: '--tls-keys', aliases: ['--keys'] },
  },
  tlsKeyLog: {
    kind: 'text',
    default: '',
    text: 'write TLS session keys to this file while the program runs, in the SSLKEYLOGFILE format: anyone who has the file can decrypt the traffic',
    more: 'Mode 0600; an existing file is appended to. Wireshark can read it during its own capture. In VS Code it must be an absolute path.',
    without: 'none',
    path: true,
    cli: { flags: '--tls-key-log <file>' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  deleteTlsKeys: {
    kind: 'flag',
    default: false,
    text: 'delete the TLS key log when the trace ends',
    more: 'In VS Code also the keys kept for **Save Packets…**.',
    cli: { flags: '--delete-tls-keys' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  captureLimit: {
    kind: 'whole',
    min: 0,
    default: captureLimit,
    text: 'maximum bytes of packets to keep',
    more: 'The file records that the limit was reached.',
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
    more: 'The file also records the length on the wire. 262144: the whole packet.',
    cli: { flags: '--capture-snap-length <bytes>' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  captureInterfaces: {
    kind: 'list',
    default: [],
    text: 'capture on these network interfaces only',
    more: 'Names as the system has them, such as `lo,eth0`. An interface that does not exist is an error.',
    without: 'all',
    cli: { flags: '--capture-interfaces <names>' },
    setting: { scope: 'machine' },
    debug: 'inside',
  },
  captureAlso: {
    kind: 'list',
    of: ['icmp', 'arp'],
    default: [],
    text: 'also capture icmp, arp, or both',
    more: 'All such messages of the machine, not only those of the program.',
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
      'Whatever is permitted: statistics of each connection (round trip, retransmits, windows), and kernel events and connection tracking once the helper has been installed for them (Net Trace: Enable Kernel Events and Packets).',
      'Only what needs no permission.',
      'Also events and connection tracking, as far as permitted, without an installed helper: for root.',
      'Start no helper.',
    ],
    text: 'kernel statistics (TCP_INFO, routes, counters) by the native helper: auto, whatever is permitted; basic, what needs no permission; all, for root; none',
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
    text: 'sample only connections of these address families (ipv4, ipv6)',
    without: 'both',
    cli: { flags: '--kernel-families <names>' },
    setting: {},
    debug: 'inside',
  },
  enableConntrack: {
    kind: 'flag',
    default: false,
    text: 'enable kernel connection tracking for the duration of the run',
    more: 'Adds a packet filter table that is removed with the helper; needs permission. See [privileges](privileges.md).',
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
    more: 'The rules of `--trace` are created, but not enabled.',
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
    text: 'record 1 in N requests; the others, including failed ones, are only counted',
    without: '1',
    cli: { flags: '--sample <n>' },
    debug: 'beside',
  },
  maxRequests: {
    kind: 'whole',
    min: 1,
    max: 10_000_000,
    default: 20_000,
    text: 'maximum requests to keep in memory; older ones leave the list, counts stay exact',
    more: 'In VS Code, and with `nettrace run -o`, older ones go to the disk, and into a saved `.nettrace.json` or `.nettrace.db`; lists, findings and files of other formats are of those in memory. VS Code keeps at most 1 GiB of them for a run.',
    cli: { flags: '--max-requests <n>' },
    setting: { id: 'runs.maxRequests' },
  },
} as const satisfies Record<string, Option>;

/** Of `nettrace run` alone: where the trace goes, and what is printed. */
const printing = {
  output: {
    kind: 'list',
    default: [],
    text: 'save the trace; the suffix decides: .nettrace.json, .nettrace.db, .har, .eve.json, .otlp.json or .pcapng (repeatable)',
    more: 'See [convert](command-line.md#convert). Suffix, folder and permission are checked before the program starts.',
    without: 'none',
    cli: { flags: '-o, --output <file>', repeat: true },
  },
  check: {
    kind: 'text',
    text: 'check the trace against this rules file when the program has ended; exit with 1 if a rule is broken',
    more: 'An exit code of the program other than 0 stays. See [check](command-line.md#check).',
    without: 'none',
    cli: { flags: '--check <file>' },
  },
  otlp: {
    kind: 'text',
    text: 'send the requests as OpenTelemetry spans to this URL (OTLP over HTTP) while the program runs',
    more: 'A URL without a path gets `/v1/traces`. Variables of OpenTelemetry (`OTEL_…`) are not read. See [otlp](otlp.md).',
    without: 'none',
    cli: { flags: '--otlp <url>' },
  },
  otlpProtocol: {
    kind: 'choice',
    of: ['http/protobuf', 'http/json'],
    default: 'http/protobuf',
    text: 'encoding of what --otlp sends',
    cli: { flags: '--otlp-protocol <protocol>' },
  },
  otlpHeader: {
    kind: 'list',
    default: [],
    text: 'header that --otlp sends, as name=value (repeatable)',
    more: 'Values are never shown.',
    without: 'none',
    cli: { flags: '--otlp-header <header>', repeat: true },
  },
  otlpCompression: {
    kind: 'choice',
    of: ['gzip', 'none'],
    default: 'gzip',
    text: 'compression of what --otlp sends',
    cli: { flags: '--otlp-compression <method>' },
  },
  log: {
    kind: 'flag',
    text: 'print each event as a line when it happens; with --json as an object',
    cli: { flags: '--log' },
  },
  logFile: {
    kind: 'text',
    text: 'append each event as a line of JSON to this file, or to a pipe that is being read',
    more: 'The objects of `--log --json`. See [lines](command-line.md#lines---log).',
    without: 'none',
    cli: { flags: '--log-file <file>' },
  },
  metrics: {
    kind: 'text',
    text: 'serve metrics for Prometheus on this port while the program runs, as [HOST:]PORT; 0: any free port',
    more: 'Without a host only this machine can read them. See [metrics](metrics.md).',
    without: 'none',
    cli: { flags: '--metrics <address>' },
  },
  statsd: {
    kind: 'text',
    text: 'send metrics to this StatsD server over UDP, as HOST:PORT',
    more: 'See [metrics](metrics.md#statsd).',
    without: 'none',
    cli: { flags: '--statsd <address>' },
  },
  stream: {
    kind: 'text',
    text: 'send a record of each request and connection that ended to this address, as udp://HOST:PORT',
    more: 'See [metrics](metrics.md#records---stream).',
    without: 'none',
    cli: { flags: '--stream <url>' },
  },
  streamSample: {
    kind: 'whole',
    min: 1,
    text: 'send 1 in N records of --stream: of requests, and of connections; counts and the trace stay complete',
    without: '1',
    cli: { flags: '--stream-sample <n>' },
  },
  table: {
    kind: 'flag',
    text: 'live table of requests',
    more: 'It lists running and newest requests.',
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
    more: 'Without it a summary lists failed and slowest requests, a live table running and newest ones, both by time.',
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
      'After the line that makes the requests.',
      'Above the line, as a CodeLens.',
      'After and above the line.',
      'No notes.',
    ],
    text: 'where to show count, last status and median time next to the code that makes requests',
    setting: { id: 'editor.notes' },
  },
  editorGutter: {
    kind: 'flag',
    default: true,
    text: 'mark the lines that made requests in the gutter',
    more: 'In red where the last request failed.',
    setting: { id: 'editor.gutter' },
  },
  editorProblems: {
    kind: 'choice',
    of: ['errorsAndWarnings', 'errors', 'all', 'off'],
    default: 'errorsAndWarnings',
    each: ['Errors and warnings.', 'Errors only.', 'Notes too.', 'None.'],
    text: 'which findings of the last run to show in the Problems view',
    more: 'At the line that made the first of their requests. See [findings](findings.md).',
    setting: { id: 'editor.problems' },
  },
  debugSessions: {
    kind: 'choice',
    of: ['asConfigured', 'all'],
    default: 'asConfigured',
    each: [
      'Those of type `net-trace`, or with `"netTrace"` in their configuration.',
      'Every program that is started with the debugger for Node, also by other extensions: **Debug Test** of a test explorer.',
    ],
    text: 'which debug sessions to trace',
    more: '`"netTrace": false` in a configuration excludes it.',
    setting: { id: 'debug.sessions' },
  },
  panelOpen: {
    kind: 'choice',
    of: ['onStart', 'onFirstRequest', 'never'],
    default: 'onStart',
    each: ['When a traced program starts.', 'When a traced program makes its first request.', 'Never automatically.'],
    text: 'when to show the panel automatically',
    setting: { id: 'panel.open' },
  },
  runsKeep: {
    kind: 'whole',
    min: 1,
    max: 50,
    default: 5,
    text: 'number of runs to keep in the panel; 1 replaces the rows at each start',
    setting: { id: 'runs.keep' },
  },
  breakpointsInDebugView: {
    kind: 'flag',
    default: true,
    text: 'show network breakpoints in the Breakpoints view, and the request in the Variables view while paused at one',
    more: 'Off: they are only in the *Network Breakpoints* view. Takes effect at the next start.',
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
