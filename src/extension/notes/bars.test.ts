import { expect, test } from 'vitest';
import type { Row } from '../../model/rows/row';
import { durationBars, phaseBar } from './bars';

const svgOf = (markdown: string): string => {
  const data = /^!\[\]\(data:image\/svg\+xml;base64,([\w+/=]+)\)$/.exec(markdown)?.[1];
  return Buffer.from(data ?? '', 'base64').toString();
};

test('the bar of a phase begins at its offset in the request and has the length of its share', () => {
  expect(svgOf(phaseBar('wait', 250, 500, 1000))).toContain(
    '<rect x="40" y="0" width="80" height="10" fill="#3f9a4f"/>',
  );
});

test('the shortest phase can be seen, and none leaves the picture', () => {
  expect(svgOf(phaseBar('send', 1000, 0, 1000))).toContain('x="159" y="0" width="1"');
  expect(svgOf(phaseBar('download', 900, 500, 1000))).toContain('x="144" y="0" width="16"');
});

test('without a length there is no bar', () => {
  expect(phaseBar('wait', 0, 0, 0)).toBe('');
  expect(durationBars([])).toBe('');
});

test('durations: one column per request, the longest fills the height, what went wrong is red', () => {
  const rows = [
    { total: 50, state: 'done' },
    { total: 100, state: 'failed' },
  ] as Row[];
  const svg = svgOf(durationBars(rows));
  expect(svg).toContain('<rect x="0" y="8" width="8" height="8" fill="#3f9a4f"/>');
  expect(svg).toContain('<rect x="10" y="0" width="8" height="16" fill="#d03f3f"/>');
});
