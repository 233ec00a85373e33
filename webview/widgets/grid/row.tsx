/** One row of the grid. Its node is used again for other rows, so everything in it comes from its properties. */

import { Component, type ComponentChild } from 'preact';
import { bytesText, clockTextMs, numberText, plural, timeText } from '../../../src/model/base/text';
import { phaseTime } from '../../../src/model/phases/measured';
import { startedOf } from '../../../src/model/query/rowFields';
import { lineAndColumn, transformedWords } from '../../../src/model/rows/row';
import { wallTime } from '../../state/rowTime';
import { type Column, type ColumnId, classOf, connectionText } from '../../view/list/columns';
import { headerValue, isHeaderColumn } from '../../view/list/headerColumns';
import { type Item, isRow } from '../../view/list/items';
import type { Row } from '../../view/types';
import { clockTitle } from '../../view/words/clock';
import { signOf, stateWords } from '../../view/words/states';
import { rowName } from '../../view/words/words';
import { Icon } from '../parts/icon';

export interface RowProps {
  item: Item;
  /** A redirect hop, indented under the one before. */
  hop: boolean;
  index: number;
  columns: readonly Column[];
  selected: boolean;
  /** The grid's one tab stop. */
  focusable: boolean;
  /** µs shown as its time; absent: not known. */
  total: number | undefined;
  ongoing: boolean;
  faint: boolean;
  /** The replay of the trace has not come to it. */
  ahead: boolean;
}

const classOfTone = { quiet: '', error: 'err', warning: 'warn', live: 'live', waiting: 'waiting' } as const;

const timeOfPhase = (row: Row, name: string): string => {
  const p = row.phases.find((q) => q.name === name);
  return p ? phaseTime(p, timeText) : '';
};

/** The upload is shown instead of the answer when there is more of it than of the answer and its own head. */
const uploads = (row: Row): boolean =>
  row.method !== 'GET' &&
  row.method !== 'HEAD' &&
  (row.bytesSent ?? 0) > 1000 &&
  (row.bytesSent ?? 0) > (row.bytesReceived ?? 0);

function sizeText(row: Row): string {
  if (uploads(row)) return `↑ ${bytesText(row.bytesSent ?? 0)}`;
  return row.bytesReceived === undefined ? '' : bytesText(row.bytesReceived);
}

function Cell({
  id,
  row,
  hop,
  total,
  ongoing,
}: {
  id: ColumnId;
  row: Row;
  hop: boolean;
  total: number | undefined;
  ongoing: boolean;
}) {
  switch (id) {
    case 'state':
      return <Icon name={signOf(row).icon} class="st" />;
    case 'method':
      return <>{row.method}</>;
    case 'name':
      return (
        <>
          {hop && <Icon name="reply" class="hop" />}
          {row.direction === 'in' && <span class="tag in">in</span>}
          {row.sentByYou && <Icon name="send" class="you" />}
          <span class="nm">
            {row.path}
            {row.query && <span class="dim">{row.query}</span>}
          </span>
        </>
      );
    case 'host':
      return <>{row.host}</>;
    case 'status':
      return (
        <>
          {row.stateText}
          {row.retryOf && row.attempt !== undefined && <span class="tag">try {row.attempt}</span>}
        </>
      );
    case 'calledAt':
      return row.callSite ? (
        // biome-ignore lint/a11y/useValidAnchor: Enter on the row does the same; the link only says so to a pointer.
        <a tabIndex={-1} data-open>
          {row.callSite.text}
          {row.callSite.package !== undefined && <span class="dim"> via {row.callSite.package}</span>}
        </a>
      ) : (
        <span class="dim">{row.sentByYou ? 'sent by you' : 'not seen'}</span>
      );
    case 'process':
      return <span class={row.main ? 'dim' : ''}>{row.process}</span>;
    case 'connection': {
      const text = connectionText(row);
      if (!text) return <span class="dim">–</span>;
      return (
        <>
          {text.number} <span class={text.use === 'new' ? '' : 'dim'}>{text.use}</span>
        </>
      );
    }
    case 'size':
      return <>{sizeText(row)}</>;
    case 'time':
      return <span class={ongoing ? 'going' : ''}>{total === undefined ? '' : timeText(total)}</span>;
    case 'protocol':
      return <>{row.protocol ?? ''}</>;
    case 'remote':
      return <>{row.remote ?? ''}</>;
    case 'type':
      return <>{row.contentType?.replace(/;.*/, '') ?? ''}</>;
    case 'startedAt': {
      const started = startedOf(row);
      return <>{started === undefined ? '' : timeText(started)}</>;
    }
    case 'clock': {
      const at = wallTime(row);
      return <>{at === undefined ? '' : clockTextMs(new Date(at))}</>;
    }
    case 'roundTrip':
      return <>{row.roundTrip === undefined ? '' : timeText(row.roundTrip)}</>;
    case 'retransmits':
      return row.retransmits === undefined ? null : (
        <span class={row.retransmits === 0 ? 'dim' : ''}>{numberText(row.retransmits)}</span>
      );
    case 'traceRule':
      return <>{row.traceRuleNames ?? ''}</>;
    case 'dns':
    case 'tcp':
    case 'tls':
    case 'wait':
    case 'download':
      return <>{timeOfPhase(row, id)}</>;
    case 'waterfall':
      return null;
    default: {
      const value = headerValue(row, id);
      return value === '' ? <span class="dim">not recorded</span> : value;
    }
  }
}

function clockOf(row: Row): string[] {
  const at = wallTime(row);
  return at === undefined ? [] : [clockTitle(at)];
}

const headerTitle = (value: string | undefined): string | undefined =>
  value === '' ? 'It is there; values are recorded at the level "values" of netTrace.headers' : value;

function titleOf(id: ColumnId, row: Row): string | undefined {
  switch (id) {
    case 'state':
      return stateWords(row);
    case 'name':
      return row.url;
    case 'status':
      return row.error?.message ?? undefined;
    case 'calledAt':
      return row.callSite
        ? `${row.callSite.function ? `${row.callSite.function} · ` : ''}${row.callSite.file}${lineAndColumn(row.callSite) || `, ${transformedWords}`}${row.callSite.package === undefined ? '' : ` · via ${row.callSite.package}: no line of your own code was seen`}`
        : row.sentByYou
          ? 'You sent it from Net Trace'
          : 'The calling code was not seen';
    case 'connection':
      return row.connection
        ? row.connection.reused
          ? `Connection #${row.connection.number}, reused`
          : `Connection #${row.connection.number}, opened for this request${row.why === undefined ? '' : `: ${row.why}`}`
        : 'No connection';
    case 'size':
      return row.bytesReceived === undefined
        ? undefined
        : `received ${bytesText(row.bytesReceived)}${row.bytesSent === undefined ? '' : `, sent ${bytesText(row.bytesSent)}`}`;
    case 'startedAt':
      return row.createdAt === undefined
        ? undefined
        : [`After the start of run ${row.run}`, ...clockOf(row)].join('; ');
    case 'time':
      return clockOf(row)[0] && `Called at ${clockOf(row)[0]}`;
    case 'clock':
      return clockOf(row)[0];
    case 'roundTrip':
      return row.roundTrip === undefined
        ? 'The kernel was not asked, or had no sample yet'
        : `Smoothed, when the request ended${row.minRoundTrip === undefined ? '' : `; the connection’s smallest is ${timeText(row.minRoundTrip)}`}; by the kernel (TCP_INFO)`;
    case 'retransmits':
      return row.retransmits === undefined
        ? 'The kernel was not asked'
        : `Segments that the kernel repeated in the request’s time${row.retransmitsShared ? ', for all requests on the connection' : ''}`;
    case 'traceRule':
      return row.traceRuleNames;
    case 'host':
    case 'process':
    case 'remote':
    case 'type':
      return row[id === 'type' ? 'contentType' : id];
    default:
      return isHeaderColumn(id) ? headerTitle(headerValue(row, id)) : undefined;
  }
}

export class GridRow extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    const old = this.props;
    return (Object.keys(next) as (keyof RowProps)[]).some((key) => next[key] !== old[key]);
  }

  override render(): ComponentChild {
    const { item, hop, index, columns, selected, focusable, total, ongoing, faint, ahead } = this.props;
    const common = {
      role: 'row' as const,
      'aria-rowindex': index + 2,
      tabIndex: focusable ? 0 : -1,
      'data-index': index,
      'data-id': item.id,
      style: {
        transform: `translateY(${index * 22}px)`,
        gridTemplateColumns: isRow(item) ? 'var(--cols)' : '1fr',
      },
    };
    if (!isRow(item) && item.head === 'run') {
      return (
        <div {...common} class="row divider">
          <div role="gridcell" class="c" aria-colspan={columns.length}>
            <Icon name={item.run.state === 'running' ? 'debug-start' : 'history'} />
            Run {item.run.number}
            {item.run.program && <b>{item.run.program}</b>}
            <span class="title">{item.run.title}</span>
            {new Date(item.run.beginTime).toLocaleTimeString()}
          </div>
        </div>
      );
    }
    if (!isRow(item)) {
      const { group, folded } = item;
      return (
        <div {...common} class="row group" aria-expanded={!folded} aria-selected={selected}>
          <div role="gridcell" class="c" aria-colspan={columns.length}>
            <Icon name={folded ? 'chevron-right' : 'chevron-down'} />
            <b>{group.label}</b>
            <span class="dim">
              {plural(group.count, 'request')}
              {group.failed > 0 ? `, ${numberText(group.failed)} failed` : ''}
              {group.serverErrors > 0 ? `, ${numberText(group.serverErrors)} answered 5xx` : ''}
              {group.median === undefined ? '' : `, p50 ${timeText(group.median)}`}
            </span>
          </div>
        </div>
      );
    }
    const row = item;
    // On the cell itself: of a row that is used again, Chromium may keep the colour that a class of the row gave to its cell.
    const isError = signOf(row).tone === 'error';
    return (
      <div
        {...common}
        draggable
        class={`row ${classOfTone[signOf(row).tone]} ${faint ? 'faint' : ''} ${ahead ? 'ahead' : ''}`}
        aria-selected={selected}
        aria-label={`${rowName(row, total)}${ahead ? ', not made yet' : ''}`}
      >
        {columns.map((c, i) => (
          <div
            key={c.id}
            role="gridcell"
            class={`c ${classOf(c.id)} ${c.id === 'state' ? 'ci' : ''} ${c.right ? 'r' : ''} ${c.id === 'status' && isError ? 'bad' : ''}`}
            aria-colindex={i + 1}
            title={titleOf(c.id, row)}
          >
            <Cell id={c.id} row={row} hop={hop} total={total} ongoing={ongoing} />
          </div>
        ))}
      </div>
    );
  }
}
