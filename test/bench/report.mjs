import { cpus, release } from 'node:os';
import { arms } from './arms.mjs';

/**
 * What the hook may cost, as ratios to the same loop without it. `limit` holds if the median is at most that, stretched
 * by what A/A showed of the machine's own unrest in the same rounds. `noise`: not to be told from the bare program, so
 * its own interval may reach down to the limit as well. `below`: less than that arm in the same rounds.
 */
const targets = [
  { loop: 'http 1', arm: 'hook', figure: 'wallRatio', limit: 1.15 },
  { loop: 'fetch 1', arm: 'hook', figure: 'wallRatio', limit: 1.15 },
  { loop: 'http 1', arm: 'noSites', figure: 'wallRatio', limit: 1.06 },
  { loop: 'http 1', arm: 'hook', figure: 'cpuRatio', limit: 1.35 },
  { loop: 'fetch 1', arm: 'hook', figure: 'cpuRatio', limit: 1.35 },
  { loop: 'http 10', arm: 'hook', figure: 'wallRatio', limit: 1.7 },
  { loop: 'http 1', arm: 'disabled', figure: 'wallRatio', limit: 1, noise: true },
  { loop: 'fetch 1', arm: 'disabled', figure: 'wallRatio', limit: 1, noise: true },
  { loop: 'http 1', arm: 'hook', figure: 'wallRatio', below: 'otel' },
  { loop: 'fetch 1', arm: 'hook', figure: 'wallRatio', below: 'otel' },
  { loop: 'http 10', arm: 'hook', figure: 'wallRatio', below: 'otel' },
];

const figureName = { wallRatio: 'wall', cpuRatio: 'CPU' };
const two = (n) => n.toFixed(2);
const loopName = ({ kind, concurrency }) => `${kind} ${concurrency}`;

/** How far A/A strayed from 1 in this loop: the greater side of its 95 % interval. */
function band(measured, figure) {
  const { low, high } = measured.arms.find((a) => a.arm === 'bareAgain')[figure];
  return Math.max(Math.abs(low - 1), Math.abs(high - 1));
}

/** One sentence for each target, `ok` or not. */
export function judge(loops) {
  return targets.map((t) => {
    const measured = loops.find((m) => loopName(m.loop) === t.loop);
    const { median: value, low } = measured.arms.find((a) => a.arm === t.arm)[t.figure];
    const limit = t.limit ?? measured.arms.find((a) => a.arm === t.below)[t.figure].median;
    const stretch = band(measured, t.figure);
    const ok = (t.noise ? low : value) <= limit * (1 + stretch);
    const what = t.below ? `below OpenTelemetry's ${two(limit)}` : t.noise ? 'as bare' : `at most ${two(limit)}`;
    const verdict = value <= limit || (t.noise && ok) ? 'met' : ok ? 'undecided' : '**missed**';
    return {
      ok,
      text: `| ${t.loop} | ${t.arm} | ${figureName[t.figure]} ${what} | ${two(value)} | ±${two(stretch)} | ${verdict} |`,
    };
  });
}

function table({ loop, arms: rows }) {
  const ratio = (r) => `${two(r.median)} (${two(r.low)}–${two(r.high)})`;
  const lines = rows.map((row) => {
    const { title } = arms.find((a) => a.name === row.arm);
    return `| ${title} | ${row.wall.toFixed(1)} | ${ratio(row.wallRatio)} | ${row.cpu.toFixed(1)} | ${ratio(row.cpuRatio)} |`;
  });
  const name = loop.concurrency === 1 ? 'one after the other' : `${loop.concurrency} at a time`;
  return [
    `**${loop.kind}, ${name}**`,
    '',
    '| | wall µs | ratio | CPU µs | ratio |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

/** The whole document. `runs`: [{version, load, loops}]. */
export function report(runs, { rounds, processes }) {
  const sections = runs.map(({ version, load, loops }) =>
    [
      `## Node ${version}`,
      '',
      `Load average of the machine when this began: ${load.toFixed(1)} (the bench itself makes 1 to 1.5).`,
      '',
      ...loops.map(table),
      'Targets; "undecided": above the target by less than the machine\'s own unrest.',
      '',
      '| loop | arm | target | measured | A/A band | |',
      '|---|---|---|---|---|---|',
      ...judge(loops).map((j) => j.text),
      '',
    ].join('\n'),
  );
  return `# What tracing costs

Written by \`node test/bench/run.mjs\`; do not edit. Measured on Linux ${release().split('.').slice(0, 2).join('.')} (${process.arch}, ${cpus().length} cores, ${cpus()[0].model.trim()}).

A program makes small requests over kept connections to a server on loopback that answers five bytes at once: the worst
case for a tracer, because there is nothing to wait for. Against a server that needs 5 ms the same cost is a percent or
two. Client and server stand on separate cores. Each arm has ${processes} long-lived processes; batches are interleaved over
${rounds} rounds, every other one backwards, and each batch is divided by the bare batch of its own round. A figure is the
median of these ratios, in brackets its 95 % interval. "Once more" is the bare program against itself: what it strays from
1.00 is the machine's unrest, and no other ratio means more than that. At ten at a time the client is saturated: wall is
CPU there, nothing overlaps with waiting.

${sections.join('\n')}`;
}
