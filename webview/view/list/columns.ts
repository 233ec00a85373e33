/** The grid's columns: which are shown at a width, how wide each is, and by what it sorts. */

import type { PhaseName } from '../../../src/model/base/phaseNames';
import { ordinalText } from '../../../src/model/base/text';
import { phaseDuration } from '../../../src/model/phases/measured';
import { startedOf } from '../../../src/model/query/rowFields';
import type { Row } from '../types';
import { stateRank } from '../words/states';
import { type HeaderColumnId, headerLabel, headerValue, isHeaderColumn, maxHeaderColumns } from './headerColumns';

interface Shape {
  label: string;
  /** CSS track of the grid, without a width set by the user. */
  track: string;
  /** Pixels the track needs at least. */
  min: number;
  right?: boolean;
  /** Shown only when the user chose it. */
  optional?: boolean;
  /** Sort key; rows without one come last. */
  key: (row: Row) => string | number | undefined;
  /** Second key for equal first ones. */
  key2?: (row: Row) => string | number | undefined;
}

const phase = (name: string) => (row: Row) => phaseDuration(row, name);

const phaseColumn = <Id extends PhaseName>(id: Id, label: string): Shape & { id: Id } => ({
  id,
  label,
  track: '70px',
  min: 70,
  right: true,
  optional: true,
  key: phase(id),
});

/** In the order of the grid. What the cell of each shows: `widgets/grid/row.tsx`. */
const table = [
  { id: 'state', label: 'State', track: '26px', min: 26, key: (r) => stateRank(r.state), key2: (r) => r.status },
  { id: 'method', label: 'Method', track: '72px', min: 50, key: (r) => r.method },
  { id: 'name', label: 'Name', track: 'minmax(150px,1fr)', min: 80, key: (r) => r.path, key2: (r) => r.query },
  { id: 'host', label: 'Host', track: 'minmax(90px,140px)', min: 90, key: (r) => r.host },
  { id: 'status', label: 'Status', track: '124px', min: 80, key: (r) => stateRank(r.state), key2: (r) => r.status },
  {
    id: 'calledAt',
    label: 'Called at',
    track: '124px',
    min: 112,
    key: (r) => r.callSite?.file,
    key2: (r) => r.callSite?.line,
  },
  { id: 'process', label: 'Process', track: '96px', min: 80, key: (r) => r.pid, key2: (r) => r.threadId },
  {
    id: 'connection',
    label: 'Connection',
    track: '88px',
    min: 88,
    key: (r) => r.connection?.number,
    key2: (r) => r.connection?.ordinal,
  },
  { id: 'size', label: 'Size', track: '78px', min: 78, right: true, key: (r) => r.bytesReceived },
  { id: 'protocol', label: 'Protocol', track: '84px', min: 60, optional: true, key: (r) => r.protocol },
  { id: 'remote', label: 'Remote address', track: '136px', min: 80, optional: true, key: (r) => r.remote },
  { id: 'type', label: 'Type', track: '112px', min: 60, optional: true, key: (r) => r.contentType },
  {
    id: 'startedAt',
    label: 'Started at',
    track: '84px',
    min: 70,
    right: true,
    optional: true,
    key: startedOf,
  },
  {
    id: 'clock',
    label: 'Clock time',
    track: '100px',
    min: 96,
    right: true,
    optional: true,
    key: (r) => r.createdAt,
  },
  {
    id: 'roundTrip',
    label: 'Round trip',
    track: '76px',
    min: 70,
    right: true,
    optional: true,
    key: (r) => r.roundTrip,
  },
  {
    id: 'retransmits',
    label: 'Retransmits',
    track: '100px',
    min: 60,
    right: true,
    optional: true,
    key: (r) => r.retransmits,
  },
  { id: 'traceRule', label: 'Trace rule', track: '112px', min: 60, optional: true, key: (r) => r.traceRuleNames },
  phaseColumn('dns', 'DNS'),
  phaseColumn('tcp', 'TCP'),
  phaseColumn('tls', 'TLS'),
  phaseColumn('wait', 'Wait'),
  phaseColumn('download', 'Download'),
  { id: 'time', label: 'Time', track: '66px', min: 60, right: true, key: (r) => r.total },
  { id: 'waterfall', label: 'Waterfall', track: 'minmax(240px,2.2fr)', min: 40, key: (r) => r.createdAt },
] as const satisfies readonly (Shape & { id: string })[];

export type ColumnId = HeaderColumnId | (typeof table)[number]['id'];
export interface Column extends Shape {
  id: ColumnId;
}
export const columns: readonly Column[] = table;

const headerColumn = (id: HeaderColumnId): Column => ({
  id,
  label: headerLabel(id),
  track: '120px',
  min: 60,
  optional: true,
  key: (row) => headerValue(row, id),
});

export const columnOf = (id: ColumnId): Column =>
  isHeaderColumn(id) ? headerColumn(id) : (columns.find((c) => c.id === id) ?? (columns[0] as Column));

const known = new Set<string>(columns.map((c) => c.id));
export const isColumn = (id: string): id is ColumnId => known.has(id) || isHeaderColumn(id);

/** Its name in a class of CSS. */
export const classOf = (id: ColumnId): string => `c-${id.replace(/[^\w-]/g, '-')}`;

/** The headers that were chosen, in the order in which they were. */
export const chosenHeaders = ({ shown }: ColumnChoice): HeaderColumnId[] =>
  Object.keys(shown)
    .filter(isHeaderColumn)
    .filter((id) => shown[id])
    .slice(0, maxHeaderColumns);

/** What the user set: columns shown or hidden against the default, and widths in pixels. */
export interface ColumnChoice {
  shown: Partial<Record<ColumnId, boolean>>;
  widths: Partial<Record<ColumnId, number>>;
}

/** Columns that leave as the list narrows, first to go first; one the user chose goes after all of them. */
const leaving: readonly { below: number; ids: readonly ColumnId[] }[] = [
  { below: 1180, ids: ['host', 'process', 'size'] },
  { below: 800, ids: ['connection'] },
  { below: 620, ids: ['calledAt'] },
  { below: 360, ids: ['method', 'waterfall'] },
];

/** Bars that are narrower say little; a narrow list has no more. */
const minBars = 120;
const minOf = (c: Column, width: number): number => (c.id === 'waterfall' && width >= 620 ? minBars : c.min);

/** The columns to show in a list of `width` pixels. `processes` is how many threads of processes were seen. */
export function shownColumns(width: number, choice: ColumnChoice, processes: number): Column[] {
  const gone = new Set<ColumnId>();
  for (const step of leaving) if (width < step.below) for (const id of step.ids) gone.add(id);
  const shown = columns.filter((c) => {
    const chosen = choice.shown[c.id];
    if (chosen !== undefined && c.id !== 'waterfall' && c.id !== 'state') return chosen && width >= 360;
    if (c.optional) return false;
    if (c.id === 'process' && processes < 2) return false;
    return !gone.has(c.id);
  });
  // Before the time and the bars.
  if (width >= 360)
    shown.splice(
      shown.findIndex((c) => c.id === 'time'),
      0,
      ...chosenHeaders(choice).map(headerColumn),
    );
  // Chosen columns may ask for more than there is: the chosen ones go from the right until the rest fits.
  const needed = (): number => shown.reduce((sum, c) => sum + (choice.widths[c.id] ?? minOf(c, width)), 0);
  for (let i = shown.length - 1; i > 0 && needed() > width; i--) {
    const c = shown[i];
    if (c && choice.shown[c.id]) shown.splice(i, 1);
  }
  return shown;
}

/** Tracks narrower than the default, below a list width. */
const narrow: readonly { below: number; tracks: Partial<Record<ColumnId, string>> }[] = [
  { below: 360, tracks: { name: 'minmax(80px,1fr)', status: '104px', time: '66px' } },
  {
    below: 620,
    tracks: {
      method: '50px',
      name: 'minmax(80px,1fr)',
      status: 'minmax(80px,124px)',
      time: '66px',
      waterfall: 'minmax(40px,76px)',
    },
  },
  {
    below: 800,
    tracks: {
      method: '70px',
      name: 'minmax(90px,1fr)',
      status: '122px',
      calledAt: '112px',
      time: '66px',
      waterfall: 'minmax(120px,1.4fr)',
    },
  },
  {
    below: 1180,
    tracks: { name: 'minmax(120px,1fr)', status: '122px', calledAt: '112px', waterfall: 'minmax(180px,2fr)' },
  },
];

/** `grid-template-columns` of the rows. */
export function tracksOf(shown: readonly Column[], width: number, widths: ColumnChoice['widths']): string {
  const override = narrow.find((n) => width < n.below)?.tracks ?? {};
  // With columns that the user chose besides, all give way, so that none is pushed out at the right.
  const crowded = shown.some((c) => c.optional);
  return shown
    .map((c) => {
      const set = widths[c.id];
      if (set !== undefined && c.id !== 'waterfall') return `minmax(${Math.min(c.min, set)}px,${set}px)`;
      const track = override[c.id] ?? c.track;
      if (!crowded) return track;
      if (c.id === 'waterfall') return `minmax(${minOf(c, width)}px,2.2fr)`;
      return /^\d+px$/.test(track) ? `minmax(${Math.min(c.min, Number.parseInt(track, 10))}px,${track})` : track;
    })
    .join(' ');
}

/** `#5 new` or `#5 · 2nd`; absent when the request has no connection (yet). */
export function connectionText(row: Row): { number: string; use: string } | undefined {
  const c = row.connection;
  if (!c) return undefined;
  return {
    number: `#${c.number}`,
    use: c.ordinal === 0 ? 'earlier' : c.ordinal === 1 ? 'new' : `· ${ordinalText(c.ordinal)}`,
  };
}
