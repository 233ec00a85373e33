/** The page from top to bottom: filter bar, overview, at most one message, list with details, status line. */
import './app.css';
import { axes, derive } from '../../state/derived';
import { state, store } from '../../state/state';
import { useSize } from '../../state/useSize';
import { layoutOf } from '../../view/layout';
import { DetailsPane } from '../details/details';
import { FilterBar } from '../filter/bar';
import { Grid } from '../grid/grid';
import { Menu } from '../parts/menu';
import { PopUp } from '../parts/popUp';
import { detailsSize, Sash } from '../parts/sash';
import { Connections } from '../time/connections';
import { Overview } from '../time/overview';
import { ReplayBar } from '../time/replayBar';
import { Announcer } from './announcer';
import { DropHint } from './dropHint';
import { Empty } from './empty';
import { FindingsView } from './findingsView';
import { MessageLine } from './messageLine';
import { StatusLine } from './statusLine';
import { TracingLine } from './tracingLine';

export function App() {
  const [page, size] = useSize<HTMLElement>();
  const { ui } = state;
  const { derived } = derive();
  const { whole, shown } = axes(derived);
  const empty = state.ready && store.rows.length === 0;
  const layout = layoutOf(size, ui.detailsPlace, detailsSize(false, size), state.view === 'editor');
  const { below, alone } = layout;
  const open = ui.detailsOpen && ui.active !== undefined && store.get(ui.active) !== undefined;
  // At VS Code's own height of the panel rows matter most, and so do the details where they take the list's place: there
  // is no overview, and the program's end is in the status line.
  const low = size.height > 0 && (size.height < 360 || (open && alone));
  return (
    <main class="nt" ref={page}>
      <FilterBar derived={derived} empty={empty} />
      {!empty && !low && <Overview axis={whole} />}
      {!empty && <ReplayBar axis={whole} />}
      <TracingLine />
      <MessageLine ended={!empty && !low} />
      <div class={`split ${below ? 'below' : ''}`}>
        <div class="list" hidden={open && alone}>
          {!state.ready ? null : empty ? (
            <Empty />
          ) : ui.mode === 'connections' ? (
            <Connections derived={derived} axis={shown} />
          ) : ui.mode === 'findings' ? (
            <FindingsView />
          ) : (
            <Grid derived={derived} axis={shown} />
          )}
        </div>
        {open && !alone && <Sash below={below} page={size} />}
        {open && <DetailsPane layout={layout} page={size} />}
      </div>
      {!empty && <StatusLine derived={derived} low={low} />}
      <Announcer />
      <PopUp />
      <Menu />
      <DropHint />
    </main>
  );
}
