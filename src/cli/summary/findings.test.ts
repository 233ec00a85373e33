import { describe, expect, test } from 'vitest';
import { emptyStore, foldLines } from '../../model/testing/store';
import { styleFor } from '../terminal/say';
import { findingLines, verdictLines } from './findings';

const style = styleFor({ isTTY: false } as never);

describe('findings in the terminal', () => {
  test('that a part of the hook is off comes first; at most three findings, the rest by number', () => {
    const store = foldLines(
      [{ k: 'ctl', at: 5, reason: 'fault', part: 'undici', message: 'boom\u001b[31m' }],
      emptyStore(),
    );
    for (let i = 0; i < 5; i++) {
      const id = `d-${i}`;
      store.setConnection({
        id: `c-${i}`,
        thread: '1-0',
        dial: id,
        connect: { result: 'failed', error: { code: `E${i}` } },
      });
      store.setDial({ id, thread: '1-0', attempts: [`c-${i}`] });
    }
    const lines = findingLines(store, 0, style, { seeFindings: '--json lists them' });
    expect(lines[0]).toBe(
      'Part undici of the hook switched itself off: boom\ufffd[31m. What it records is missing from then on; the program did not notice.',
    );
    expect(lines.filter((l) => l.startsWith('✕'))).toHaveLength(3);
    expect(lines.at(-1)).toBe('  … and 2 more; --json lists them');
  });

  test('a verdict only where there is something to say', () => {
    const store = emptyStore();
    const r = {
      id: '1',
      thread: '1-0',
      createdAt: 0,
      endAt: 20_000,
      outcome: 'complete' as const,
      url: 'http://a.example/',
    };
    expect(verdictLines({ ...r, response: { status: 200 } }, store, 0, style)).toEqual([]);
    expect(verdictLines({ ...r, response: { status: 429 } }, store, 0, style)).toEqual([
      '  Server answered 429 after 20 ms.',
      '  Send fewer requests; honour Retry-After.',
    ]);
  });
});
