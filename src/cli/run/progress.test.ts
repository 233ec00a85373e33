import { describe, expect, test } from 'vitest';
import { Progress } from './progress';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

describe('progress between the end of the program and the prompt', () => {
  test('is said on a terminal once a second has passed, on one line that goes away', () => {
    const s = screen(true);
    let now = 0;
    const progress = new Progress(s, () => now);
    progress.step('reading');
    expect(s.written).toEqual([]);
    now = 1001;
    progress.step(() => 'saving a.har');
    progress.end();
    expect(s.written).toEqual(['\r\x1b[Knettrace: saving a.har …', '\r\x1b[K']);
  });

  test('is not said on a pipe, nor where all is done within the second', () => {
    for (const s of [screen(false), screen(true)]) {
      let now = 0;
      const progress = new Progress(s, () => now);
      now = s.isTTY ? 999 : 5000;
      progress.step('saving');
      progress.end();
      expect(s.written).toEqual([]);
    }
  });
});
