import { release, type as system } from 'node:os';
import { broken, type Outcome, type Scenario } from './world/scenario';

export interface Row {
  readonly scenario: Scenario;
  /** By the major version of Node. */
  readonly outcomes: ReadonlyMap<number, Outcome>;
}

/** Whose figures are shown, if it is among them; else those of the newest. */
const shown = 24;

export function verdictOf(outcome: Outcome): string {
  if ('notRun' in outcome) return `not run: ${outcome.notRun}`;
  const wrong = broken(outcome);
  return wrong.length === 0 ? `yes, ${Object.keys(outcome.checks).length} checks` : `**no**: ${wrong.join('; ')}`;
}

/** One verdict where all are the same; else each with its versions. */
function verdicts({ outcomes }: Row): string {
  const by = new Map<string, number[]>();
  for (const [version, outcome] of outcomes) {
    const verdict = verdictOf(outcome);
    by.set(verdict, [...(by.get(verdict) ?? []), version]);
  }
  if (by.size === 1) return [...by.keys()].join();
  return [...by].map(([verdict, versions]) => `Node ${versions.join(', ')}: ${verdict}`).join('. ');
}

function measured({ outcomes }: Row): string {
  const outcome = outcomes.get(shown) ?? [...outcomes.values()].at(-1);
  return outcome === undefined || 'notRun' in outcome ? '' : outcome.measured;
}

const isHeld = ({ outcomes }: Row): boolean =>
  [...outcomes.values()].some((one) => 'checks' in one) &&
  [...outcomes.values()].every((one) => 'notRun' in one || broken(one).length === 0);

const isRun = ({ outcomes }: Row): boolean => [...outcomes.values()].some((one) => 'checks' in one);

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** docs/faults.md. */
export function report(rows: readonly Row[], versions: readonly number[]): string {
  const lines = rows.map((row) => {
    const { fault, promise, tests } = row.scenario;
    const also = tests.length === 0 ? '' : `. Also: ${tests.map((file) => `\`${file}\``).join(', ')}`;
    return `| ${[fault + also, promise, measured(row), verdicts(row)].map(cell).join(' | ')} |`;
  });
  const held = rows.filter(isHeld).length;
  const run = rows.filter(isRun).length;
  return `# Faults

Written by \`npm run faults\`; do not edit.

Each fault is brought about for real: the program runs as its user runs it, then under \`nettrace run\`, against a server on
loopback that knows what arrives. Output, exit code and what arrived are compared, and the trace is held against what
arrived. The checks alone decide whether a promise is held. *Also* names tests of \`npm test\` that hold the same, or a part of it.

Programs on Node ${versions.join(', ')}, \`nettrace\` on Node ${process.versions.node}; ${system()} ${release()}; ${new Date().toISOString().slice(0, 10)}.
Figures are those of Node ${versions.includes(shown) ? shown : versions.at(-1)}.

**${rows.length} faults: ${held} promises held, ${run - held} not held, ${rows.length - run} not run.**

| fault | what is promised | what happened | held |
|---|---|---|---|
${lines.join('\n')}
`;
}
