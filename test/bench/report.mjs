import { cpus, release } from 'node:os';
import { measurements } from './arms.mjs';
import { median, medianWithInterval } from './statistics.mjs';

/**
 * What the hook may cost, as ratios to the same loop without it. `limit`: the median is at most that; undecided where the
 * interval holds the limit and the median is above. `noise`: not to be distinguished from the bare program, so its own
 * interval may reach down to the limit, stretched by what A/A strayed in the same rounds. `below`: less than that arm.
 */
const most = (loop, figure, limit) => ({ loop, arm: 'hook', figure, limit });
const below = (loop) => ({ loop, arm: 'hook', figure: 'wallRatio', below: 'otel' });
const asBare = (loop, arm) => ({ loop, arm, figure: 'wallRatio', limit: 1, noise: true });
const [http, fetching] = ['http, one after the other', 'fetch, one after the other'];
const [manyHttp, manyFetch] = ['http, 10 at a time', 'fetch, 10 at a time'];
const dials = 'https, a lookup, connection and handshake for each';
const targets = [
  most(http, 'wallRatio', 1.08),
  most(http, 'cpuRatio', 1.2),
  most(fetching, 'wallRatio', 1.08),
  most(fetching, 'cpuRatio', 1.15),
  most(manyHttp, 'wallRatio', 1.45),
  most(manyFetch, 'wallRatio', 1.15),
  most(dials, 'wallRatio', 1.1),
  ...[http, fetching, manyHttp, manyFetch, dials].map(below),
  ...[http, fetching, manyHttp, manyFetch].map((loop) => asBare(loop, 'disabled')),
  ...[http, fetching].map((loop) => asBare(loop, 'switchedOff')),
];

const figureName = { wallRatio: 'wall', cpuRatio: 'CPU' };
const two = (n) => n.toFixed(2);

/** Rows of a table: µs of the median batch, and the paired ratios to the bare batch of the same round. */
function rowsOf(batches) {
  const { bare } = batches;
  const ratio = (own, figure) => medianWithInterval(own[figure].map((v, i) => v / bare[figure][i]));
  return Object.entries(batches).map(([arm, own]) => ({
    arm,
    wall: median(own.wall),
    cpu: median(own.cpu),
    wallRatio: ratio(own, 'wall'),
    cpuRatio: ratio(own, 'cpu'),
  }));
}

/** How far A/A strayed from 1 in this loop: the greater side of its 95 % interval. */
function band(rows, figure) {
  const { low, high } = rows.find((a) => a.arm === 'bareAgain')[figure];
  return Math.max(Math.abs(low - 1), Math.abs(high - 1));
}

/** One sentence for each target, `ok` or not. */
export function judge({ loops }) {
  const arms = Object.keys(Object.values(loops)[0]);
  const known = targets.filter(
    (t) => t.loop in loops && arms.includes(t.arm) && (t.below === undefined || arms.includes(t.below)),
  );
  return known.map((t) => {
    const rows = rowsOf(loops[t.loop]);
    const { median: value, low } = rows.find((a) => a.arm === t.arm)[t.figure];
    const limit = t.limit ?? rows.find((a) => a.arm === t.below)[t.figure].median;
    const stretch = band(rows, t.figure);
    const ok = low <= limit * (t.noise ? 1 + stretch : 1);
    const what = t.below ? `below OpenTelemetry's ${two(limit)}` : t.noise ? 'as bare' : `at most ${two(limit)}`;
    const verdict = value <= limit || (t.noise && ok) ? 'met' : ok ? 'undecided' : '**missed**';
    return {
      ok,
      text: `| ${t.loop} | ${t.arm} | ${figureName[t.figure]} ${what} | ${two(value)} | ±${two(stretch)} | ${verdict} |`,
    };
  });
}

/** Batch by batch against other builds of the hook, which took part in the same rounds. */
function versus(batches) {
  const { hook } = batches;
  const others = Object.keys(batches).filter((name) => name.startsWith('against'));
  return others.map((name) => {
    const ratio = (figure) => medianWithInterval(hook[figure].map((v, i) => v / batches[name][figure][i]));
    const text = ({ median: value, low, high }) => `${two(value)} (${two(low)}–${two(high)})`;
    return `This hook ${name}: wall ${text(ratio('wall'))}, CPU ${text(ratio('cpu'))}.\n`;
  });
}

const titles = new Map(Object.values(measurements).flatMap((m) => m.arms.map((a) => [a.name, a.title])));
const titleOf = (name) => titles.get(name) ?? name;

function table([title, batches]) {
  const ratio = (r) => `${two(r.median)} (${two(r.low)}–${two(r.high)})`;
  const lines = rowsOf(batches).map(
    (row) =>
      `| ${titleOf(row.arm)} | ${row.wall.toFixed(1)} | ${ratio(row.wallRatio)} | ${row.cpu.toFixed(1)} | ${ratio(row.cpuRatio)} |`,
  );
  const head = ['| | wall µs | ratio | CPU µs | ratio |', '|---|---|---|---|---|'];
  return [`**${title}**`, '', ...head, ...lines, '', ...versus(batches)].join('\n');
}

/** Of measurements that were kept from before. */
const earlier = ' An earlier build, measured with fewer and longer batches.';

const conditions = ({ load, processes, loops, precision }) => {
  const counts = Object.values(loops).map(({ bare }) => bare.cpu.length);
  const [least, greatest] = [Math.min(...counts), Math.max(...counts)];
  const rounds = least === greatest ? `${least}` : `${least} to ${greatest}`;
  return `${rounds} rounds, ${processes} processes of each arm. Load average of the machine when this began: ${load.toFixed(1)} (the bench itself makes 1 to 1.5).${precision === undefined ? earlier : ''}`;
};

function mainSection(run) {
  return [
    `## Node ${run.version}`,
    '',
    conditions(run),
    '',
    ...Object.entries(run.loops).map(table),
    'Targets; "undecided": the median is above the target, which its interval holds.',
    '',
    '| loop | arm | target | measured | A/A band | |',
    '|---|---|---|---|---|---|',
    ...judge(run).map((j) => j.text),
    '',
  ].join('\n');
}

function rivalSection(run) {
  return [
    `## Beside dd-trace, Node ${run.version}`,
    '',
    'In a run of its own: dd-trace goes on working after a batch (it encodes and sends what it recorded), which would disturb',
    'the batches of all other arms. Its agent is one that answers and does nothing.',
    '',
    conditions(run),
    '',
    ...Object.entries(run.loops).map(table),
  ].join('\n');
}

function partsSection(run) {
  return [
    `## What each optional part adds, Node ${run.version}`,
    '',
    'All of them are off unless asked for. They add to the line "hook"; compare the others with that one.',
    '',
    conditions(run),
    '',
    ...Object.entries(run.loops).map(table),
  ].join('\n');
}

function controlSection(run) {
  return [
    `## When nothing is asked for, Node ${run.version}`,
    '',
    "With nothing enabled, nothing is patched: the program runs its own functions, and an unref'd timer checks every 250 ms",
    'whether something was enabled. With conditions the patches are in place; a request that does not match is followed',
    'without a call site, and nothing is written for it.',
    '',
    conditions(run),
    '',
    ...Object.entries(run.loops).map(table),
    '| loop | arm | target | measured | A/A band | |',
    '|---|---|---|---|---|---|',
    ...judge(run).map((j) => j.text),
    '',
  ].join('\n');
}

const plusMinus = (n, digits) => `${n < 0 ? '−' : '+'}${Math.abs(n).toFixed(digits)}`;

/** How the cost grows: a row for each loop, not an arm. */
function growthSection(run) {
  const rows = Object.entries(run.loops).map(([title, { bare, bareAgain, hook }]) => {
    const { median: more, low, high } = medianWithInterval(hook.cpu.map((v, i) => v - bare.cpu[i]));
    const ratio = (arm) => two(median(arm.cpu.map((v, i) => v / bare.cpu[i])));
    const added = `${plusMinus(more, 0)} µs (${plusMinus(low, 0)} to ${plusMinus(high, 0)})`;
    return `| ${title} | ${median(bare.cpu).toFixed(0)} | ${added} | ${ratio(hook)} | ${ratio(bareAgain)} |`;
  });
  return [
    `## How it grows, Node ${run.version}`,
    '',
    'Processor time of a request, by how many begin in a second, how many are in flight, and how many processes share one',
    'core. Where requests are rare, each runs with cold caches, without and with the hook. Where many processes share a core,',
    'switching between them costs more than what the hook adds, and how they are interleaved decides the rest.',
    '',
    conditions(run),
    '',
    '| | no hook, µs | with the hook | ratio | A/A |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    ...(run.memory === undefined ? [] : memoryTable(run.memory)),
  ].join('\n');
}

/** MB that the hook may add. */
const maxMemory = 20;

function memoryTable(measured) {
  const memory = Object.entries(measured).map(([kind, { bare, bareAgain, hook }]) => {
    const cells = [bare, bareAgain, hook].map((own) => `${median(own).toFixed(0)} MB`);
    const more = median(hook) - median(bare);
    return `| ${kind} | ${cells.join(' | ')} | ${plusMinus(more, 0)} MB | ${more <= maxMemory ? 'met' : '**missed**'} |`;
  });
  return [
    'The most memory that the program had resident while it made 100,000 requests, ten at a time; the median of',
    `${measured.http.bare.length} processes. What is in use after a collection grows by less than 1 MB ([bounds.md](bounds.md)): the rest is`,
    'room that V8 has taken for short-lived objects.',
    '',
    `| | no hook | once more (A/A) | with the hook | more | at most ${maxMemory} MB |`,
    '|---|---|---|---|---|---|',
    ...memory,
    '',
  ];
}

/** What an arm adds in one measurement: CPU time of a request, and the ratio of wall. */
function added({ loops }, loop, arm) {
  const batches = loops[loop];
  if (batches?.[arm] === undefined) return '';
  const { bare, [arm]: own } = batches;
  const cpu = median(own.cpu.map((v, i) => v - bare.cpu[i]));
  const wall = median(own.wall.map((v, i) => v / bare.wall[i]));
  return `${plusMinus(cpu, 0)} µs · ${two(wall)}`;
}

/** All Nodes on one page: a row for each loop and arm. */
function summary(runs) {
  const loops = [...new Set(runs.flatMap(([, run]) => Object.keys(run.loops)))];
  const arms = { hook: '**hook**', otel: 'OpenTelemetry', disabled: 'nothing enabled', bareAgain: 'A/A' };
  const rows = loops.flatMap((loop) =>
    Object.entries(arms).map(([arm, title], i) => {
      const cells = runs.map(([, run]) => added(run, loop, arm));
      return `| ${i === 0 ? loop : ''} | ${title} | ${cells.join(' | ')} |`;
    }),
  );
  const targetsOf = runs.map(([, run]) => judge(run).map((j) => j.text.split('|').at(-2).trim()));
  const count = (verdicts, word) => verdicts.filter((v) => v.includes(word)).length;
  const met = targetsOf.map(
    (v) => `${count(v, 'met')} met, ${count(v, 'missed')} missed, ${count(v, 'undecided')} open`,
  );
  return [
    '## In short',
    '',
    'The processor time that is added to each request, and the ratio of its wall time to that of the program without hook.',
    '"A/A" is the program without hook against itself: differences as small as these are noise.',
    '',
    `| | | ${runs.map(([major]) => `Node ${major}`).join(' | ')} |`,
    `|---|---|${runs.map(() => '---').join('|')}|`,
    ...rows,
    `| targets | | ${met.join(' | ')} |`,
    '',
  ].join('\n');
}

/** The whole document. `results`: measurement → Node's major version → {version, load, rounds, processes, loops}. */
export function report(results) {
  const inOrder = (runs) => Object.entries(runs ?? {}).sort(([a], [b]) => Number(a) - Number(b));
  const main = inOrder(results.main);
  const sections = [
    ...(main.length > 0 ? [summary(main)] : []),
    ...main.map(([, run]) => mainSection(run)),
    ...inOrder(results.ddtrace).map(([, run]) => rivalSection(run)),
    ...inOrder(results.control).map(([, run]) => controlSection(run)),
    ...inOrder(results.growth).map(([, run]) => growthSection(run)),
    ...inOrder(results.parts).map(([, run]) => partsSection(run)),
  ];
  return `# What tracing costs

Written by \`node test/bench/run.mjs\` from \`performance.json\`; do not edit. Measured on Linux ${release().split('.').slice(0, 2).join('.')} (${process.arch}, ${cpus().length} cores, ${cpus()[0].model.trim()}).

A program makes small requests over keep-alive connections to a server on loopback that answers with five bytes at once.
This is the worst case for a tracer, because there is nothing to wait for: with a server that takes 5 ms, the same cost is
one or two percent. Client and server run on separate cores, and the server's core never goes idle, because waking it would
add to the client's time, which does not happen when the server is another machine. Each arm has long-lived processes.
Batches are short and interleaved in a changing order, and each is divided by the batch without hook of the same round. A
figure is the median of these ratios, with its 95 % interval in brackets. "Once more" (A/A) is the program without hook
against itself: differences as small as these are noise. At ten at a time the client is saturated, so that wall time is
processor time: nothing overlaps with waiting. Where the time goes: [performance/anatomy.md](performance/anatomy.md).

${sections.join('\n')}`;
}
