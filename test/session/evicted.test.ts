/** What a session's store lets go is in a file of the session's own folder, readable by this user alone, and goes with it. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepEvicted } from '../../src/formats';
import { TraceSession } from '../../src/session/session';
import { hookAlone } from '../support/programs/hook';

test('the file is made with the first records, and closed before the folder is deleted', async () => {
  const session = await TraceSession.create({ hookFile: hookAlone(), helper: 'none' });
  const spill = keepEvicted(session.store, session.spoolFolder);
  const file = join(session.spoolFolder, 'evicted.records');
  expect(existsSync(file)).toBe(false);
  session.store.evictions?.keep('requests', { id: '1-0-1', createdAt: 1 }, true);
  expect(spill.counted('requests')).toBe(1);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(spill.error).toBeUndefined();
  await session.dispose();
  expect(spill.error).toBe('it is closed');
  expect(existsSync(session.spoolFolder)).toBe(false);
});
