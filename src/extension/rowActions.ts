/** What a page asks to be done with requests of the trace that it shows. */
import type { RowAction } from '../model/panel/protocol';
import type { Bodies } from './bodies/bodies';
import { copyRows } from './copies/copies';
import type { TraceView } from './details/view';
import type { Sending } from './sending/sending';

export function actOn(action: RowAction, view: TraceView, bodies: Bodies, sending: Sending): Promise<void> {
  switch (action.type) {
    case 'copyAs':
      return copyRows(view, action.form, action.ids);
    case 'openBody':
      return bodies.open(view, action.id, action.side);
    case 'send':
      return action.edit ? sending.edit(view, action.id) : sending.again(view, action.id);
  }
}
