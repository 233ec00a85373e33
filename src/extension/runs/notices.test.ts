import { expect, test, vi } from 'vitest';
import { FakeRecorder } from '../testing/recorder';
import { Notices, secretsDeleted } from './notices';
import { Runs } from './runs';

function window() {
  const warn = vi.fn();
  const notices = new Notices({ warn });
  const runs = new Runs(() => 10);
  const start = (id: string, ...own: string[]) => {
    const run = runs.begin(Object.assign(new FakeRecorder(id), { notices: own }), 'app');
    notices.began(run);
    return () => runs.runs().find((r) => r.number === run.number)?.message;
  };
  return { warn, notices, start };
}

test('a notice of a session is shown with its run and in the log, once each', () => {
  const { warn, start } = window();
  const foreign = '/tmp/nettrace-0 belongs to another user; the hook is placed in /tmp/nettrace-home-1 instead.';
  expect(start('t1', foreign)()).toEqual({ kind: 'notice', text: foreign });
  expect(start('t2', foreign)()).toBeUndefined();
  expect(warn.mock.calls).toEqual([[foreign]]);
});

test('a notice from before any run is shown with the first one', () => {
  const { warn, notices, start } = window();
  notices.add(secretsDeleted(2));
  expect(warn).toHaveBeenCalledOnce();
  const message = start('t1', 'another');
  expect(message()?.text).toMatch(/had left TLS keys on this machine \(2 files\); they were deleted\. another/);
});
