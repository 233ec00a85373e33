/** A run says which processes of it are not traced: surely so while it goes on, all of them afterwards. */
import { expect, test } from 'vitest';
import { storeOf } from '../../analysis/testing/store';
import { lossMessages } from './run';

const storeWith = (...children: object[]) => {
  const store = storeOf({});
  store.setProcess({
    id: '1',
    pid: 1,
    argv: ['node', 'app.js'],
    startAt: 0,
    threads: [],
    untracedChildren: children,
  } as never);
  return store;
};
const child = (pid: number, why: string, argv = ['node', 'worker.js']) => ({ pid, argv, why });
const textsOf = (isOver: boolean, ...children: object[]) =>
  lossMessages(storeWith(...children), isOver)
    .filter((m) => m.kind === 'untraced')
    .map((m) => m.text);

test('while it goes on, only a child that cannot have the hook', () => {
  const children = [child(7, 'script'), child(8, 'cleared')];
  expect(textsOf(false, ...children)).toEqual([
    'Not traced: node worker.js (process 8): its environment has no NODE_OPTIONS. To trace it too, pass that variable on: env: { ...process.env, … }.',
  ]);
  expect(textsOf(true, ...children)[0]).toMatch(
    /^Not traced: node worker\.js \(process 7\): .* 1 more process of the run is not traced\.$/,
  );
  expect(textsOf(false, child(7, 'script'))).toEqual([]);
});

test('a worker thread is named by its number, and a hostile command line is cut and has no controls', () => {
  expect(textsOf(true, { pid: 1, threadId: 3, argv: [], why: 'worker' })[0]).toMatch(
    /^Not traced: worker thread 3 \(process 1\)/,
  );
  const [text = ''] = textsOf(true, child(9, 'seen', ['node', `\u001b[31m\u202e${'x'.repeat(5000)}`]));
  for (const control of ['\u001b', '\u202e']) expect(text).not.toContain(control);
  expect(text.length).toBeLessThan(300);
});
