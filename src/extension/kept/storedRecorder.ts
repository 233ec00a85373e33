/** A run of an earlier window as a recorder: all of it is there, nothing comes any more. */
import { documentOf } from '../../model/document';
import type { Trace } from '../../model/records';
import { Store } from '../../model/store/store';
import type { Recorder } from '../runs/recorder';

export function storedRecorder(id: string, trace: Trace): Recorder {
  const store = Store.fromDocument(trace);
  return {
    id,
    store,
    hook: '',
    spoolFolder: '',
    environment: () => ({}),
    onDidChange: () => () => {},
    poll: async () => {},
    finish: async () => {},
    document: () => documentOf(store),
    dispose: async () => {},
  };
}
