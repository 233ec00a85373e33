/** What the host does with requests of the shown trace: it has all that was recorded. */
import { type CopyForm, maxCopied } from '../../src/model/panel/copyForms';
import { act } from '../state/host';
import { state } from '../state/state';

/** The first ones, of very many. */
export const copyAs = (form: CopyForm, ids: readonly string[]): void =>
  act({ type: 'copyAs', form, ids: ids.slice(0, maxCopied) });

export const openBody = (id: string, side: 'request' | 'response'): void => act({ type: 'openBody', id, side });

export const send = (id: string, edit: boolean): void => act({ type: 'send', id, edit });

export const traceLike = (id: string): void => act({ type: 'traceLike', id });

export const breakWhenFails = (id: string): void => act({ type: 'breakWhenFails', id });

export const compareRequests = (ids: [string, string]): void => act({ type: 'compareRequests', ids });

/** Of the active row; nothing without one. */
export const withActive = (f: (id: string) => void) => (): void => {
  if (state.ui.active !== undefined) f(state.ui.active);
};
