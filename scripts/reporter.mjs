/**
 * Vitest's reporter for `npm test`: prints as Vitest does, and sends to the process that started it the number of
 * finished tests, each that failed, and at the end what report.mjs reads.
 */
import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { DefaultReporter } from 'vitest/node';
import { changedLines } from './report.mjs';

export default class extends DefaultReporter {
  finished = 0;

  constructor() {
    // Without the block that is redrawn at the bottom of a terminal: lines of other parts are printed between ours.
    super({ summary: false });
  }

  onTestCaseResult(test) {
    super.onTestCaseResult(test);
    const { state, errors = [] } = test.result();
    // What failed before the repetition passed.
    for (const { diff, message } of state === 'passed' ? errors : [])
      this.log(`     failed once: ${test.fullName}\n${diff ?? message}\n`);
    process.send?.({ finished: ++this.finished, ...(test.result().state === 'failed' && { failed: resultOf(test) }) });
  }

  async onTestRunEnd(modules, unhandledErrors, reason) {
    super.onTestRunEnd(modules, unhandledErrors, reason);
    await new Promise((sent) => process.send?.({ report: reportOf(modules, unhandledErrors) }, sent) ?? sent());
  }
}

/** @returns {import('./report.mjs').Report} */
function reportOf(modules, unhandledErrors) {
  const tests = [];
  const others = unhandledErrors.map(messageOf);
  for (const module of modules) {
    const file = module.relativeModuleId;
    for (const suite of [module, ...module.children.allSuites()])
      for (const error of suite.errors())
        others.push(`${[file, suite.fullName].filter(Boolean).join(' > ')}: ${messageOf(error)}`);
    for (const test of module.children.allTests()) tests.push(resultOf(test));
  }
  return { tests, others };
}

function resultOf(test) {
  const file = test.module.relativeModuleId;
  const { state, errors = [] } = test.result();
  return {
    file,
    suite: test.fullName.split(' > ', 1)[0],
    name: `${file} > ${test.fullName}`,
    state,
    flaky: test.diagnostic()?.flaky ?? false,
    messages: errors.map(messageOf),
  };
}

/** In one line what failed, where, for what a page was waited, and how two values differ. */
function messageOf({ name, message, diff, stacks = [] }) {
  const [text, ...log] = stripVTControlCharacters(message).trim().split('\n');
  const awaited = /- (waiting for .*)/.exec(log.join('\n'))?.[1];
  const [place] = stacks.filter(({ file }) => !file.includes('node_modules'));
  const changed = changedLines(stripVTControlCharacters(diff ?? ''));
  // The line of the test itself, not of a helper that it called.
  const own = stacks.findLast(({ file }) => /\.(test|steps|e2e)\.[cm]?[jt]s$/.test(file)) ?? place;
  return [
    name && !text.startsWith(name) ? `${name}: ${text}` : text,
    ...(awaited ? [awaited] : []),
    ...(own ? [`(${basename(own.file)}:${own.line})`] : []),
    ...(changed ? [changed] : []),
  ].join(' ');
}
