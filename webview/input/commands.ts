/** Commands of the host (VS Code keybindings and view actions) and the page's own plain keys. */
import { groupings } from '../../src/model/panel/grouping';
import { derive } from '../state/derived';
import { run } from '../state/host';
import { hideMenu, hidePopUp, overlays } from '../state/overlays';
import { onCommand, onMark, onSelect, setUi, state, store } from '../state/state';
import { type Mode, modes, tabs } from '../state/uiState';
import * as actions from './actions';
import { copyWiresharkFilter } from './packets';
import { openBody, send, withActive } from './rowActions';

export const focusFilter = (): void => {
  const box = document.querySelector<HTMLInputElement>('.flt input');
  box?.focus();
  box?.select();
};

/** Requests, connections, findings, and round. */
const toggleMode = (): void => {
  setUi({ mode: modes[(modes.indexOf(state.ui.mode) + 1) % modes.length] as Mode });
};

export function installCommands(): void {
  onCommand('save', () => run('save'));
  onCommand('clear', () => run('clear'));
  onCommand('follow', () => actions.follow(!state.ui.follow));
  onCommand('focusFilter', focusFilter);
  onCommand('nextFailed', () => actions.moveToFailed(1));
  onCommand('previousFailed', () => actions.moveToFailed(-1));
  onCommand(
    'openRequestBody',
    withActive((id) => openBody(id, 'request')),
  );
  onCommand(
    'openResponseBody',
    withActive((id) => openBody(id, 'response')),
  );
  onCommand(
    'sendAgain',
    withActive((id) => send(id, false)),
  );
  onCommand(
    'editAndSend',
    withActive((id) => send(id, true)),
  );
  onCommand('copyUrl', actions.copySelected);
  onCommand('copyWiresharkFilter', copyWiresharkFilter);
  onCommand('clearFilter', actions.clearFilter);
  onCommand('toggleView', toggleMode);
  for (const groupBy of groupings) onCommand(`groupBy:${groupBy}`, () => setUi({ groupBy, mode: 'requests' }));
  tabs.forEach((_, i) => {
    onCommand(`tab${i + 1}`, () => actions.showTab(i));
  });
  onSelect((id) => {
    setUi({ mode: 'requests' });
    // What the host wants shown is shown, whatever the filter says.
    if (actions.indexOf(derive().derived.items, id) < 0) actions.clearFilter();
    actions.follow(false);
    actions.select(id, { open: true, reveal: true });
    actions.grid.focus();
  });
  // The focus stays in the editor, where the steps are made; filter and details stay as they are.
  onMark((row) => {
    if (!store.get(row)) return;
    actions.follow(false);
    actions.select(row, { reveal: true });
  });
  document.addEventListener('keydown', onKey);
}

const inTextBox = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  if (event.key === 'Escape') {
    if (hideMenu() || hidePopUp() || actions.endInnermost()) event.preventDefault();
    return;
  }
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    // VS Code runs its keybindings besides: only what may be done twice is done here too.
    if (!/^[1-5]$/.test(event.key)) return;
    actions.showTab(Number(event.key) - 1);
    event.preventDefault();
    return;
  }
  // Plain keys never act while a text box or a menu has the focus.
  if (event.ctrlKey || event.metaKey || event.altKey || inTextBox(event.target) || overlays.menu) return;
  if (event.key === '/') {
    focusFilter();
    event.preventDefault();
  }
}
