/** One table for what phases are called. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contributes } from '../../../package.json';
import { phaseNames } from '../records';
import { doingOf, labelOf, labelWithin, phaseWords, shortOf } from './phaseWords';

const root = join(__dirname, '../../..');
const here = 'src/model/facts/phaseWords.ts';

test('every phase has its words', () => {
  expect(Object.keys(phaseWords)).toEqual(phaseNames);
});

test('a label within a sentence begins small, unless it begins with an abbreviation', () => {
  expect(labelWithin('wait')).toBe('waiting for server');
  expect(labelWithin('dns')).toBe('DNS lookup');
});

test('an unknown phase keeps its name', () => {
  for (const name of ['later', '', 'toString', '__proto__'])
    expect([labelOf(name), shortOf(name), doingOf(name), labelWithin(name)]).toEqual([name, name, name, name]);
});

test('no other source file defines a phase label', () => {
  const files = ['src', 'webview']
    .flatMap((room) => readdirSync(join(root, room), { recursive: true }).map((file) => `${room}/${file}`))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file) && !file.includes('/testing/') && file !== here);
  expect(files.length).toBeGreaterThan(400);
  const labels = ['Queueing', 'Proxy tunnel', 'Request sent', 'Waiting for server', 'Content download'];
  const found = files.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return labels.some((label) => text.includes(`'${label}'`));
  });
  expect(found).toEqual([]);
});

test('the colours of the phases are described with their labels', () => {
  const colours = contributes.colors.filter(({ id }) => id.startsWith('netTrace.phase.'));
  expect(colours.length).toBeGreaterThan(6);
  for (const { id, description } of colours)
    expect(description).toBe(`Phase of a request: ${labelOf(id.split('.').at(-1) ?? '')}.`);
});
