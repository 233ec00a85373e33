/** The page's only link to the extension: no other file calls acquireVsCodeApi or posts a message. */

import type { PageCommand, PageMessage, RecordingSetting, RowAction } from '../view/types';

interface VsCodeApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const api: VsCodeApi = acquireVsCodeApi();

export const post = (message: PageMessage): void => api.postMessage(message);
/** What the page kept the last time; undefined the first time. */
export const keptState = (): unknown => api.getState();
export const keepState = (state: unknown): void => api.setState(state);

export const askDetails = (id: string): void => post({ type: 'details', id });
export const openCode = (id: string, preview: boolean, clicked = false): void =>
  post({ type: 'open', id, preview, ...(clicked ? { clicked } : {}) });
export const askCode = (id: string): void => post({ type: 'code', id });
export const openFrame = (id: string, frame: number, preview: boolean): void =>
  post({ type: 'openFrame', id, frame, preview });
export const openSetting = (name: RecordingSetting): void => post({ type: 'setting', name });
export const savePackets = (id: string): void => post({ type: 'savePackets', id });
export const run = (command: PageCommand): void => post({ type: 'run', command });
export const seekEvent = (event: number): void => post({ type: 'seekEvent', event });
export const seekTime = (at: number): void => post({ type: 'seekTime', at });
export const act = (action: RowAction): void => post(action);
export const drop = (dropped: Extract<PageMessage, { type: 'dropUris' | 'dropFile' }>): void => post(dropped);
export const copy = (text: string): void => post({ type: 'copy', text });
