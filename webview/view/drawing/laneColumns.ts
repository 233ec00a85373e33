/** The columns of the connections view: header, rows and canvas are laid out by this list alone. */

export type LaneColumnId = 'state' | 'number' | 'host' | 'remote' | 'protocol' | 'count' | 'closed' | 'waterfall';

export interface LaneColumn {
  id: LaneColumnId;
  label: string;
  /** CSS track of the grid. */
  track: string;
  /** Track in a list below 620 px. */
  narrow?: string;
  right?: boolean;
  /** Shown only in a list of at least so many pixels. */
  from?: number;
}

const columns: readonly LaneColumn[] = [
  { id: 'state', label: 'State', track: '26px' },
  { id: 'number', label: '#', track: '46px' },
  { id: 'host', label: 'Host', track: 'minmax(110px,170px)', narrow: 'minmax(80px,150px)' },
  { id: 'remote', label: 'Remote address', track: '150px', from: 1180 },
  { id: 'protocol', label: 'Protocol', track: '116px', from: 700 },
  { id: 'count', label: 'Requests', track: '70px', right: true, from: 480 },
  { id: 'closed', label: 'State', track: '160px', from: 1000 },
  { id: 'waterfall', label: 'Use', track: 'minmax(200px,2fr)', narrow: 'minmax(100px,1fr)' },
];

/** The columns to show in a list of `width` pixels, and their `grid-template-columns`. */
export function laneColumns(width: number): { shown: readonly LaneColumn[]; tracks: string } {
  const shown = columns.filter((c) => width >= (c.from ?? 0));
  return { shown, tracks: shown.map((c) => (width < 620 ? (c.narrow ?? c.track) : c.track)).join(' ') };
}
