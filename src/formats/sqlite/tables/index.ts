/** All tables that are made from the records, the views, and the two tables that hold the trace itself. */
import type { Column, Table } from './column';
import { attempts, connections, dials, lookups, tls } from './network';
import { findings, kernelEvents, kernelSamples, losses, processes } from './others';
import { requests } from './requests';

/** A table of any rows: what it makes, it takes. */
export type AnyTable = Table<unknown>;
const any = <T, R>(table: Table<T, R>): AnyTable => table as unknown as AnyTable;

/** In the order in which they are filled and described. */
export const tables: readonly AnyTable[] = [
  any(requests),
  any(connections),
  any(dials),
  any(attempts),
  any(lookups),
  any(tls),
  any(kernelSamples),
  any(kernelEvents),
  any(findings),
  any(processes),
  any(losses),
];

export interface View {
  name: string;
  about: string;
  columns: readonly Pick<Column<never>, 'name' | 'type' | 'about'>[];
  select: string;
}

export const views: readonly View[] = [
  {
    name: 'phases',
    about: 'One row a phase of a request that happened.',
    columns: [
      { name: 'request', type: 'TEXT', about: 'Request.' },
      { name: 'ordinal', type: 'INTEGER', about: 'Which of its phases, from 1.' },
      { name: 'phase', type: 'TEXT', about: '`queue`, `dns`, `tcp`, `proxy`, `tls`, `send`, `wait`, `download`.' },
      { name: 'begin_ms', type: 'REAL', about: 'It began.' },
      { name: 'duration_ms', type: 'REAL', about: 'Its duration, without `paused_ms`.' },
      { name: 'paused_ms', type: 'REAL', about: 'Time in the debugger meanwhile. NULL: none.' },
      {
        name: 'state',
        type: 'TEXT',
        about: '`running`: it went on at the end of the trace; `failed`: the request ended in it. NULL: it ended.',
      },
    ],
    select:
      "SELECT r.id AS request, p.key + 1 AS ordinal, json_extract(p.value, '$[0]') AS phase, json_extract(p.value, '$[1]') AS begin_ms, " +
      "json_extract(p.value, '$[2]') AS duration_ms, json_extract(p.value, '$[3]') AS paused_ms, json_extract(p.value, '$[4]') AS state " +
      'FROM requests AS r, json_each(r.phase_list) AS p',
  },
];

/** The trace as it was recorded: what is read when the file is opened or converted. The other tables follow from it. */
export const stores: readonly View[] = [
  {
    name: 'document',
    about: 'The members of the trace ([trace-format.md](trace-format.md)) in their order.',
    columns: [
      { name: 'position', type: 'INTEGER', about: 'Its place, from 1.' },
      { name: 'name', type: 'TEXT', about: 'Name, such as `beginTime` or `requests`.' },
      { name: 'value', type: 'TEXT', about: 'Its JSON. NULL: a list, whose records are in `records`.' },
    ],
    select: '',
  },
  {
    name: 'records',
    about: 'The records of the lists, complete, each as JSON: what has no column of its own is read with `->>`.',
    columns: [
      { name: 'position', type: 'INTEGER', about: 'Its place in the file, from 1.' },
      { name: 'list', type: 'INTEGER', about: '`position` of its list in `document`.' },
      { name: 'id', type: 'TEXT', about: 'Its id. NULL: it has none.' },
      { name: 'record', type: 'TEXT', about: 'Its JSON.' },
    ],
    select: '',
  },
];
