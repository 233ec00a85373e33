/** What the benchmark compares, in which loops. */
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { hooked } from '../support/programs/hooked.mjs';

const here = import.meta.dirname;
const hook = join(here, '../../dist/hook.cjs');

/** What a user may ask for beside the requests. */
const optional = (name, title, more) => ({ name, title, env: () => hooked(hook, more), records: 'requests' });

const bare = { name: 'bare', title: 'no hook', env: () => ({}), records: 'nothing' };
const bareAgain = { ...bare, name: 'bareAgain', title: 'no hook, once more (A/A)' };
const hookArm = { ...optional('hook', '**hook**, a call site on every request') };

/** What is compared: name, what it is, environment. `bare` is the arm that all are divided by, `bareAgain` the same once more. */
const main = [
  bare,
  bareAgain,
  hookArm,
  optional('noSites', 'hook without call sites', { callSites: 'off' }),
  { ...optional('disabled', 'hook loaded, nothing enabled', { enabled: [] }), records: 'nothing' },
  {
    name: 'otel',
    title: 'OpenTelemetry http + undici, no-op exporter',
    env: () => ({ NODE_OPTIONS: `--require ${join(here, 'otel.cjs')}` }),
    records: 'spans',
  },
];

/** The parts that are off unless asked for, one at a time. */
const parts = [
  bare,
  bareAgain,
  hookArm,
  optional('headers', 'hook and header values', { headers: 'values' }),
  optional('bodies', 'hook and bodies, 64 KiB of each', { bodies: 65_536 }),
  optional('sockets', 'hook and socket operations', { sockets: true }),
  optional('stacks', 'hook and whole call chains', { stacks: true }),
  optional('incoming', 'hook and incoming requests', { incoming: true }),
  optional('resolver', 'hook and own resolver', { dnsResolver: true }),
  optional('keys', 'hook and TLS secrets', { keys: true }),
];

/**
 * Beside each other in runs of their own: dd-trace goes on working after a batch (it encodes and sends what it recorded), and
 * so would disturb the batches of all other arms.
 */
const ddtrace = {
  name: 'ddtrace',
  title: 'dd-trace, its agent on the other core',
  env: () => ({ NODE_OPTIONS: `--require ${join(here, 'ddtrace.cjs')}` }),
  records: 'spans',
};

/** A trace rule in force; none: nothing is. `condition`: of what is asked for. */
const asking = (...conditions) => conditions.map((condition) => ({ id: randomUUID(), condition }));

/** What it costs when nothing, or nothing of this, is asked for: what the session writes to `control.json`. */
const control = [
  bare,
  bareAgain,
  {
    name: 'disabled',
    title: 'hook loaded, nothing enabled',
    env: () => hooked(hook, { enabled: [] }),
    requests: () => [],
    records: 'nothing',
  },
  {
    name: 'switchedOff',
    title: 'hook, everything traced at first, then switched off',
    env: () => hooked(hook),
    requests: () => asking(''),
    switchedOff: true,
    records: 'first',
  },
  {
    name: 'unmatched',
    title: 'hook, a condition that is known at once and not met',
    env: () => hooked(hook),
    requests: () => asking('path:/never'),
    records: 'nothing',
  },
  {
    name: 'held',
    title: 'hook, a condition that is known with the answer and not met',
    env: () => hooked(hook),
    requests: () => asking('status:>=600'),
    records: 'nothing',
  },
  { ...hookArm, requests: () => asking('') },
];

/**
 * Loops: a batch takes some tens of ms, so that what it is compared with is near. `lead`: requests before it that are not
 * measured, where the hook does otherwise once it has seen that the loop is busy. `rate`: so many begin in a second.
 * `processes`: so many clients make the batch at once.
 */
const loop = (kind, concurrency, requests, title, more = {}) => ({
  kind,
  concurrency,
  requests,
  warmUp: 3000,
  title,
  ...more,
});
const oneByOne = [
  loop('http', 1, 250, 'http, one after the other'),
  loop('fetch', 1, 120, 'fetch, one after the other'),
];
const tenAtOnce = [
  loop('http', 10, 1000, 'http, 10 at a time', { lead: 1500 }),
  loop('fetch', 10, 250, 'fetch, 10 at a time', { lead: 300 }),
];

const dials = loop('dial', 1, 25, 'https, a lookup, connection and handshake for each', { warmUp: 300 });

/** How the cost grows: with requests a second, in flight, and with processes that share a core. */
const rates = [10, 100, 1000, 5000].map((rate) =>
  loop('http', 100, Math.max(15, Math.min(rate / 2, 1000)), `http, ${rate} a second`, { rate, warmUp: 300 }),
);
const inFlight = ['http', 'fetch'].flatMap((kind) =>
  [1, 10, 100, 500].map((many) =>
    loop(kind, many, Math.max(250, 2 * many), `${kind}, ${many} in flight`, { lead: 2 * many }),
  ),
);
const sharing = [1, 4, 16, 32].map((processes) =>
  loop('http', 1, 100, `http, ${processes} ${processes === 1 ? 'process' : 'processes'}`, { processes, warmUp: 1000 }),
);

/**
 * The measurements: the hook as it is by default, on each Node; beside dd-trace; what it costs when nothing is asked for; what
 * each optional part adds, on one; and how the cost grows, on one.
 */
export const measurements = {
  main: {
    arms: main,
    loops: [...oneByOne, ...tenAtOnce, dials],
  },
  ddtrace: {
    arms: [bare, bareAgain, hookArm, ddtrace],
    loops: [...oneByOne, ...tenAtOnce, dials],
  },
  control: {
    arms: control,
    loops: [...oneByOne, ...tenAtOnce],
  },
  parts: {
    arms: parts,
    loops: [...oneByOne, dials],
  },
  growth: {
    arms: [bare, bareAgain, hookArm],
    loops: [...rates, ...inFlight, ...sharing],
  },
};

export const bareArm = bare;
/** The hook as it is by default, from another file. */
export const hookArmOf = (file) => ({ ...hookArm, env: () => hooked(file) });

/** This hook beside other builds of it: each `hook.cjs` has its own `requests.cjs` beside it. */
export const against = (files) => ({
  loops: measurements.main.loops,
  arms: [
    bare,
    bareAgain,
    hookArm,
    ...files.map((file) => ({
      ...hookArmOf(file),
      // The pair of bundles is in a folder of its own.
      name: `against ${basename(dirname(file))}/${basename(file)}`,
      unchecked: true,
    })),
  ],
});
