/** The run of `layers.ts` as the page gets it: rows, connections and findings made by the extension's own code. */
import { findingRowsOf } from '../../../src/extension/rows/findings';
import { RunRows } from '../../../src/extension/rows/rows';
import { lossMessages, pausesOn } from '../../../src/extension/runs/run';
import type { PanelState } from '../../../webview/view/types';
import { layers } from './layers';
import { status } from './sample';

/** µs: the run is over. */
export const end = 3_000_000;
const store = layers();
export const runRows = new RunRows(store, 1, 0);
runRows.update(end);
const [message, ...moreMessages] = lossMessages(store);
export const layersState: PanelState = {
  rows: runRows.all(),
  connections: runRows.connections(),
  findings: findingRowsOf(runRows, end),
  runs: [
    {
      number: 1,
      title: 'layers',
      beginTime: store.header.beginTime,
      state: 'ended',
      offset: 0,
      endAt: end,
      processes: [],
      pauses: pausesOn(store, 0),
      ...(message ? { message } : {}),
      moreMessages,
    },
  ],
  status: { ...status, requests: store.requests.size },
  now: end,
  view: 'editor',
};
