/**
 * The results as JUnit XML, which CI systems show beside those of tests: a suite is the rules file, a test case a rule (with
 * `within`, one for each part).
 */
import { basename } from 'node:path';
import type { Case, RuleResult } from '../../analysis/check/result';
import { placeIn, requestLine, stateWords } from './text';

const shown = 20;

export function junitText(file: string, results: readonly RuleResult[], strict: boolean): string {
  const cases = results.flatMap((result) =>
    result.cases.map((one) => ({ result, one, kind: kindOf(result, one, strict) })),
  );
  const count = (kind: string): number => cases.filter((one) => one.kind === kind).length;
  const totals = { tests: cases.length, failures: count('failure'), errors: 0, skipped: count('skipped') };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'nettrace check', ...totals })}>`,
    `  <testsuite${attributes({ name: file, ...totals })}>`,
    ...cases.map(({ result, one, kind }) => caseText(file, result, one, kind)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

type Kind = 'passed' | 'failure' | 'skipped' | 'warning';

function kindOf({ rule }: RuleResult, { state }: Case, strict: boolean): Kind {
  if (state === 'held') return 'passed';
  const isError = rule.severity === 'error';
  if (state === 'broken') return isError ? 'failure' : 'warning';
  return strict && isError ? 'failure' : 'skipped';
}

function caseText(file: string, { rule, cases }: RuleResult, one: Case, kind: Kind): string {
  const part = one.part ?? (cases.length > 1 ? one.run : undefined);
  const name = `${rule.id}${rule.title === undefined ? '' : `: ${rule.title}`}${part === undefined ? '' : ` [${part}]`}`;
  const place = placeIn(one.requests);
  const head = `    <testcase${attributes({
    classname: `nettrace.${basename(file)}`,
    name,
    file: place?.file,
    line: place?.line,
  })}`;
  if (kind === 'passed') return `${head}/>`;
  const body = [
    one.message,
    ...(rule.because === undefined ? [] : [rule.because]),
    ...one.requests.slice(0, shown).map(requestLine),
  ].join('\n');
  const about = one.state === 'broken' ? one.message : `${stateWords[one.state]}: ${one.message}`;
  const inner = {
    failure: `<failure${attributes({ type: rule.id, message: about })}>${escaped(body)}</failure>`,
    skipped: `<skipped${attributes({ message: about })}/>`,
    warning: `<system-out>${escaped(`${rule.severity}: ${body}`)}</system-out>`,
  }[kind];
  return `${head}>\n      ${inner}\n    </testcase>`;
}

const attributes = (values: Record<string, string | number | undefined>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replace(/\n/g, '&#10;')}"`)
    .join('');

/** XML 1.0 has no way to write most control characters, nor half of a surrogate pair. */
const escaped = (text: string): string =>
  Buffer.from(text)
    .toString()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"'\r\t]/g, (character) => entities[character] as string);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\t': '&#9;',
};
