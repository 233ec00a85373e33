/** Everything about the active request: head, what went wrong, and the tabs. */
import { lineAndColumn } from '../../../src/model/rows/row';
import './details.css';
import './small.css';
import { closeDetails, openSelected, showTab } from '../../input/actions';
import { showRowMenu } from '../../input/rowMenu';
import { setUi, state, store } from '../../state/state';
import { tabs } from '../../state/uiState';
import type { Layout } from '../../view/layout';
import type { Details, Row } from '../../view/types';
import { Icon } from '../parts/icon';
import { detailsSize } from '../parts/sash';
import { BreakdownTab } from './breakdownTab';
import { CodeTab } from './codeTab';
import { ConnectionTab } from './connectionTab';
import { ErrorBox } from './errorBox';
import { HeadersTab } from './headersTab';
import { PacketsTab } from './packetsTab';
import { isSaid, VerdictBox } from './verdict';

/** Last two parts of a path: enough to distinguish files in a head. */
const shortFile = (file: string): string =>
  file
    .replace(/^file:\/\//, '')
    .split(/[/\\]/)
    .slice(-2)
    .join('/');

/** Moves the details to the other place, where there is room for both. */
function PlaceButton({ below }: { below: boolean }) {
  const words = below ? 'Show details beside the list' : 'Show details below the list';
  return (
    <button
      type="button"
      class="ib"
      aria-label={words}
      title={words}
      onClick={() => setUi({ detailsPlace: below ? 'beside' : 'below' })}
    >
      <Icon name={below ? 'layout-sidebar-right' : 'layout-panel'} />
    </button>
  );
}

function Head({ row, layout }: { row: Row; layout: Layout }) {
  const site = row.callSite;
  return (
    <header class="dh">
      <div class="dt" title={row.url}>
        <span class="me">{row.method}</span> {row.path}
        {row.query}
      </div>
      <div class="da">
        <button
          type="button"
          class="ib"
          aria-label="Copy as…"
          title="Copy as…"
          aria-haspopup="menu"
          onClick={(e) => {
            const box = e.currentTarget.getBoundingClientRect();
            showRowMenu(box.left, box.bottom);
          }}
        >
          <Icon name="copy" />
        </button>
        {layout.isChoice && <PlaceButton below={layout.below} />}
        <button type="button" class="ib" aria-label="Close details" title="Close (Esc)" onClick={closeDetails}>
          <Icon name="close" />
        </button>
      </div>
      <div class="du">
        <span class="dim" title={`${row.scheme}://${row.host}`}>
          <span class="scheme">{row.scheme}://</span>
          {row.host}
        </span>
        {site ? (
          <button
            type="button"
            class="code"
            title={`Open in the editor (Enter): ${site.file}${lineAndColumn({ line: site.line })}`}
            onClick={() => openSelected(false)}
          >
            <Icon name="go-to-file" />
            {site.function && <span class="fn">{site.function} · </span>}
            {shortFile(site.file)}
            {site.line === undefined ? ' (no line)' : lineAndColumn({ line: site.line })}
          </button>
        ) : (
          <span class="dim">{row.sentByYou ? 'sent by you' : 'calling code not seen'}</span>
        )}
      </div>
    </header>
  );
}

interface TabProps {
  row: Row;
  details: Details | undefined;
  room: number;
  compact: boolean;
}

function Tab({ row, details, room, compact }: TabProps) {
  switch (state.ui.tab) {
    case 'breakdown':
      return <BreakdownTab row={row} details={details} room={room} compact={compact} />;
    case 'headers':
      return <HeadersTab row={row} details={details} />;
    case 'connection':
      return <ConnectionTab row={row} details={details} />;
    case 'packets':
      return <PacketsTab details={details} />;
    case 'code':
      return <CodeTab row={row} details={details} />;
  }
}

/** Arrow keys walk the tabs; Left on the first one leads back to the row. */
function onTabKey(event: KeyboardEvent): void {
  const at = tabs.findIndex((t) => t.name === state.ui.tab);
  const list = event.currentTarget as HTMLElement;
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (to < 0) {
    document.querySelector<HTMLElement>('.spacer .row[tabindex="0"]')?.focus();
    return;
  }
  const next = Math.min(tabs.length - 1, to);
  showTab(next);
  (list.children[next] as HTMLElement).focus();
}

export function DetailsPane({ layout, page }: { layout: Layout; page: { width: number; height: number } }) {
  const { below, alone } = layout;
  const row = state.ui.active ? store.get(state.ui.active) : undefined;
  if (!row) return null;
  const details = state.details?.row.id === row.id ? state.details : undefined;
  const size = detailsSize(below, page);
  // Without the padding at both sides and the scroll bar.
  const room = (below ? page.width : size) - 42;
  const classNames = [
    'det',
    !below && 'beside',
    alone && 'alone',
    (!below || alone) && 'tight',
    layout.compact && 'compact',
  ].filter(Boolean);
  return (
    <aside
      class={classNames.join(' ')}
      aria-label="Details"
      style={below ? { height: `${size}px`, width: 'auto' } : { width: `${size}px`, height: 'auto' }}
    >
      <Head row={row} layout={layout} />
      {details && isSaid(details.verdict) && <VerdictBox verdict={details.verdict} details={details} />}
      {!(details && isSaid(details.verdict)) && <ErrorBox row={row} details={details} />}
      <div class="tabs" role="tablist" aria-label="Details" onKeyDown={onTabKey}>
        {tabs.map((t) => (
          <button
            type="button"
            key={t.name}
            role="tab"
            id={`tab-${t.name}`}
            aria-selected={state.ui.tab === t.name}
            aria-controls="tab-panel"
            tabIndex={state.ui.tab === t.name ? 0 : -1}
            onClick={() => setUi({ tab: t.name })}
          >
            {t.label}
          </button>
        ))}
      </div>
      <div class="tp" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${state.ui.tab}`} tabIndex={0}>
        <Tab row={row} details={details} room={room} compact={layout.compact} />
      </div>
    </aside>
  );
}
