// What vitest's JSON report says of a run: how many tests passed, and which did not.
import { relative } from 'node:path';

/**
 * @param report what `vitest run --reporter=json` wrote; undefined when it wrote nothing
 * @param status vitest's exit code: it also fails for what is no test (an error between tests, no file at all)
 * @returns {{ passed: number, failed: number, skipped: number, names: string[], files: string[] }} `names` is one line for each
 *   failed test, with the first line of its message; `files` are the paths of the files they stand in
 */
export function read(report, status, root) {
  const counts = { passed: 0, failed: 0, skipped: 0, names: [], files: [] };
  if (report) {
    counts.passed = report.numPassedTests;
    counts.skipped = report.numPendingTests + report.numTodoTests;
    for (const file of report.testResults.filter(({ status }) => status === 'failed')) addFile(counts, file, root);
  }
  if (status !== 0 && counts.failed === 0) {
    counts.failed = 1;
    counts.names.push(`exit code ${status}, and no test failed: the output above says why`);
  }
  return counts;
}

function addFile(counts, { name, message, assertionResults }, root) {
  const path = relative(root, name);
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  counts.files.push(name);
  // A file that failed as a whole holds no failed test, and counts as one.
  counts.failed += Math.max(failed.length, 1);
  if (failed.length === 0) counts.names.push(`${path}: ${firstLine(message)}`);
  for (const { fullName, failureMessages } of failed)
    counts.names.push(`${path} > ${fullName}: ${firstLine(failureMessages[0])}`);
}

function firstLine(text = '') {
  return text.trim().split('\n', 1)[0].slice(0, 300);
}
