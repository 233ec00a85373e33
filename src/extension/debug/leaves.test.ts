import { expect, test, vi } from 'vitest';
import type { Run } from '../runs/run';
import { Leaves } from './leaves';

const leaf = (id: string, answer: () => Promise<unknown> = async () => undefined) => ({
  id,
  customRequest: vi.fn(answer),
});

test('a change of control is sent to each process of its run only, and an ended process delays none', async () => {
  const debug = vi.fn();
  const leaves = new Leaves({ debug });
  const [run, other] = [{} as Run, {} as Run];
  const ended = leaf('ended', () => Promise.reject(new Error('gone')));
  const [first, second, foreign, left] = [leaf('1'), leaf('2'), leaf('3'), leaf('4')];
  for (const one of [ended, first, second, left]) leaves.add(one, run);
  leaves.add(foreign, other);
  leaves.delete(left);
  await leaves.control(run);
  for (const one of [first, second])
    expect(one.customRequest).toHaveBeenCalledExactlyOnceWith(
      'evaluate',
      expect.objectContaining({ expression: "globalThis[Symbol.for('nettrace.hook')]?.control?.()" }),
    );
  for (const one of [foreign, left]) expect(one.customRequest).not.toHaveBeenCalled();
  expect(debug).toHaveBeenCalledExactlyOnceWith('evaluate: Error: gone');
});
