/**
 * Bars for a hover. VS Code's hovers allow no style but colours, and images with data: addresses: each bar is a small SVG.
 * An image cannot read the theme, so the colours are visible on light, dark and high contrast alike.
 */

import { wentWrong } from '../../model/query/rowFields';
import type { PhaseName } from '../../model/records';
import type { Row } from '../../model/rows/row';

const colors: Readonly<Record<PhaseName, string>> = {
  queue: '#8a8a8a',
  dns: '#1a9aaa',
  tcp: '#d18616',
  proxy: '#8a6d3b',
  tls: '#a05fd0',
  send: '#b89500',
  wait: '#3f9a4f',
  download: '#2f80d8',
};
const width = 160;
const height = 10;

/** Bar of a phase: its offset in the request and its duration, at least a pixel wide. */
export function phaseBar(name: PhaseName, from: number, duration: number, total: number): string {
  if (total <= 0) return '';
  const x = Math.min(width - 1, Math.max(0, (from / total) * width));
  const w = Math.min(width - x, Math.max(1, (duration / total) * width));
  return image(width, height, `<rect x="${n(x)}" y="0" width="${n(w)}" height="${height}" fill="${colors[name]}"/>`);
}

/** One column per request, oldest first, as high as it took; what went wrong in red. */
export function durationBars(rows: readonly Row[]): string {
  const longest = Math.max(...rows.map((r) => r.total ?? 0));
  if (!(longest > 0)) return '';
  const tall = 16;
  const columns = rows.map((r, i) => {
    const h = Math.max(1, ((r.total ?? 0) / longest) * tall);
    const fill = wentWrong(r) ? '#d03f3f' : colors.wait;
    return `<rect x="${i * 10}" y="${n(tall - h)}" width="8" height="${n(h)}" fill="${fill}"/>`;
  });
  return image(rows.length * 10, tall, columns.join(''));
}

const n = (value: number): string => String(Math.round(value * 10) / 10);

function image(w: number, h: number, body: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}">${body}</svg>`;
  return `![](data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')})`;
}
