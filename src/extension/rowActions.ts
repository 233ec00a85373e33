/** What a page asks to be done with requests of the trace that it shows. */

import * as vscode from 'vscode';
import type { RowAction } from '../model/panel/pageMessage';
import type { Bodies } from './bodies/bodies';
import type { RequestComparisons } from './compare/requests';
import { copyRows } from './copies/copies';
import type { TraceView } from './details/view';
import { conditionLike } from './rules/like';
import type { Sending } from './sending/sending';
import { commands } from './support/ids';

interface Actors {
  bodies: Bodies;
  sending: Sending;
  comparisons: RequestComparisons;
}

export async function actOn(action: RowAction, view: TraceView, by: Actors): Promise<void> {
  switch (action.type) {
    case 'copyAs':
      return copyRows(view, action.form, action.ids);
    case 'openBody':
      return by.bodies.open(view, action.id, action.side);
    case 'send':
      return action.edit ? by.sending.edit(view, action.id) : by.sending.again(view, action.id);
    case 'compareRequests':
      return by.comparisons.open(view, action.ids);
    case 'traceLike': {
      const row = view.row(action.id);
      if (row) await vscode.commands.executeCommand(commands.createRule, { condition: conditionLike(row) });
      return;
    }
    case 'breakWhenFails': {
      const site = view.row(action.id)?.callSite;
      if (site?.line !== undefined)
        await vscode.commands.executeCommand(commands.breakWhenFails, { file: site.file, line: site.line });
      return;
    }
  }
}
