/** What a run of Vitest means for `npm test`: how many tests passed, and which did not, or not at once. */

/** Tests that failed once and passed when repeated; more than these fail the run. */
export const maxFlaky = 2;

/** Of a part that was ended because it took too long, as of timeout(1). */
export const endedExitCode = 124;

/**
 * @typedef {object} Report what scripts/reporter.mjs sends
 * @property {{ name: string, suite: string, state: string, flaky: boolean, messages: string[] }[]} tests `suite`: the
 *   outermost; `messages`: one line for each time it failed
 * @property {string[]} [flaky] one line for each suite that passed when it was repeated as a whole
 * @property {string[]} others failures that belong to no test: files that did not load, hooks, errors between tests
 */

/**
 * @param {Report | undefined} report undefined when there is none; of a part that was ended, the tests that failed
 * @param {number} status Vitest's exit code: it also fails for what is no test (no file at all)
 * @param {string} part
 * @returns {{ passed: number, failed: number, skipped: number, names: string[], flaky: string[] }} `names` is one line for
 *   each failure, and `flaky` one for each flaky test, with the first line of its message
 */
export function read(report, status, part) {
  const counts = { passed: 0, failed: 0, skipped: 0, names: [], flaky: [...(report?.flaky ?? [])] };
  for (const { name, state, flaky, messages } of report?.tests ?? []) {
    const line = `${name}: ${firstLine(messages[0])}`;
    if (state === 'passed') counts.passed++;
    else if (state === 'failed') counts.failed++;
    else counts.skipped++;
    if (state === 'failed') counts.names.push(line);
    else if (flaky) counts.flaky.push(line);
  }
  counts.failed += report?.others.length ?? 0;
  counts.names.push(...(report?.others ?? []).map(firstLine));
  if (status === endedExitCode) {
    counts.failed++;
    counts.names.push(`${part}: ended, as it was not done in time; these are the tests that had failed until then`);
  } else if (status !== 0 && counts.failed === 0) {
    counts.failed = 1;
    counts.names.push(`${part}: exit code ${status}, and no test failed: the output above says why`);
  }
  return counts;
}

/** The outermost suites in which something failed, each with its first failure. */
export function failedSuites({ tests, others }) {
  const suites = new Map();
  const add = (suite, line) => suites.has(suite) || suites.set(suite, line);
  for (const line of others) add(/ > ([^>:]+)/.exec(line)?.[1].trim(), firstLine(line));
  for (const { suite, name, state, messages } of tests)
    if (state === 'failed') add(suite, `${name}: ${firstLine(messages[0])}`);
  return suites;
}

/**
 * What a run means together with a second one of its failed suites. A suite that passed then is flaky once, whatever the
 * number of its tests that failed after the first.
 *
 * @param {Report} first
 * @param {Report} second
 * @returns {Report}
 */
export function repeated(first, second) {
  const before = failedSuites(first);
  const after = failedSuites(second);
  const tests = first.tests.map((test) =>
    before.has(test.suite) ? (second.tests.find(({ name }) => name === test.name) ?? test) : test,
  );
  const flaky = [...before].filter(([suite]) => !after.has(suite)).map(([, line]) => line);
  return { tests, others: second.others, flaky };
}

/** The last lines of a run. `table` has the counts of each part, under `part` its name. */
export function conclusion(table) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of table) for (const key of Object.keys(total)) total[key] += counts[key];
  const failures = table.flatMap(({ names = [] }) => names);
  const flaky = table.flatMap(({ flaky = [] }) => flaky);
  if (flaky.length > maxFlaky) {
    total.failed++;
    failures.push(`${flaky.length} tests are flaky; more than ${maxFlaky} fail the run`);
  }
  const lines = table.map(({ part, ...counts }) => `${part.padEnd(9)} ${summary(counts)}`);
  lines.push(summary(total));
  if (failures.length > 0) lines.push('', ...failures);
  if (flaky.length > 0) lines.push('', ...flaky.map((line) => `flaky: ${line}`));
  return { lines, failed: total.failed };
}

function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * What two compared values differ in, in one line, as CI keeps the last lines alone.
 *
 * @param {string} [diff] of Vitest, without colours; its two first lines say what `-` and `+` mean
 * @returns {string} empty when there is none
 */
export function changedLines(diff = '') {
  const lines = diff.split('\n').filter((line) => /^[-+] /.test(line) && !/^(- Expected|\+ Received)/.test(line));
  const shown = lines.slice(0, 6).map((line) => line.replace(/\s+/g, ' ').slice(0, 200));
  return [...shown, ...(lines.length > shown.length ? [`${lines.length - shown.length} more`] : [])].join(' | ');
}

function firstLine(text = '') {
  return text.trim().split('\n', 1)[0].slice(0, 1500);
}
