/** What `run --log` and `run --table` write, of the specification's example spool read line by line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { Folder } from '../../../model/fold/folder';
import { Store } from '../../../model/store/store';
import { connectionLines, foldLines } from '../../../model/testing/store';
import { styleFor } from '../../terminal/say';
import { EventLog } from './eventLog';
import { LiveTable } from './liveTable';

const golden = join(__dirname, '../../../model/golden');
const { id, beginTime, beginMonotonicNs, producer } = JSON.parse(
  readFileSync(join(golden, 'example.nettrace.json'), 'utf8'),
);

/** Folds the example; `each` is called after every line. */
function folded(each: (store: Store) => void): Store {
  const header = { format: 'nettrace', version: '1.0', state: 'running', sources: [] } as const;
  const store = new Store({ ...header, sources: [], id, producer, beginTime, beginMonotonicNs });
  const folder = new Folder(store);
  let file = '';
  const lines = readFileSync(join(golden, 'example.spool.jsonl'), 'utf8').trim().split('\n');
  for (const [offset, text] of lines.entries()) {
    if (text.startsWith('{"k":"proc"')) file = text;
    folder.fold(text, { file, offset });
    each(store);
  }
  return store;
}

describe('--log', () => {
  test('the lines of the example', () => {
    const written: string[] = [];
    let log: EventLog | undefined;
    folded((store) => {
      log ??= new EventLog(store, [{ write: (line) => written.push(line), style: styleFor({}) }]);
      log.update();
    });
    expect(written.join('\n')).toMatchSnapshot();
    const inOneReading: string[] = [];
    const store = folded(() => {});
    new EventLog(store, [{ write: (line) => inOneReading.push(line), style: styleFor({}) }]).update();
    // Later facts of a record may be in its first line then; the reported events are the same.
    const words = (lines: string[]) => lines.map((l) => l.split(' ').slice(2, 4).join(' ')).sort();
    expect(words(inOneReading)).toEqual(words(written));
    const instants = inOneReading.map((l) => Number(l.split(' ')[1]));
    expect(instants).toEqual([...instants].sort((a, b) => a - b));
  });

  test('nothing is reported twice, and texts are masked and without control characters', () => {
    const written: string[] = [];
    const url = 'http://u:secret@a.example/\u001b[2J?token=secret';
    const store = foldLines([
      { k: 'req', id: 1, createdAt: 10, method: 'GET', url },
      ...connectionLines(1, 20, 30),
      { k: 'end', id: 1, connection: 91, ordinal: 1, outcome: 'failed', endAt: 50, error: { message: `to ${url}` } },
    ]);
    const log = new EventLog(store, [{ write: (line) => written.push(line), style: styleFor({}) }]);
    log.update();
    log.update();
    expect(written.map((l) => l.split(' ')[3])).toEqual(['process', 'request', 'attempt', 'connected', 'error']);
    expect(written.join('')).not.toContain('secret');
    expect(written.join('')).not.toContain('\u001b');
  });
});

describe('--table', () => {
  const screenOf = (isTTY: boolean) => {
    const written: string[] = [];
    return { written, screen: { write: (text: string) => written.push(text), isTTY, columns: 100, rows: 20 } };
  };

  test('on a terminal each drawing takes the last one’s place', () => {
    const { written, screen } = screenOf(true);
    const store = folded(() => {});
    const table = new LiveTable(store, () => 3_000_000, screen, 60_000);
    table.draw();
    table.draw();
    table.end();
    const lines = written[0]?.split('\n').length as number;
    expect(lines - 1).toBeLessThanOrEqual(19);
    expect(written[1]?.startsWith(`\x1b[${lines - 1}A\x1b[J\x1b[?7l`)).toBe(true);
    expect(written[2]).toBe(`\x1b[${lines - 1}A\x1b[J`);
  });

  test('on a pipe only what is new, at the interval', () => {
    vi.useFakeTimers();
    const { written, screen } = screenOf(false);
    const store = foldLines([{ k: 'req', id: 1, createdAt: 10, method: 'GET', url: 'http://a.example/' }]);
    const table = new LiveTable(store, () => 1000, screen, 2000);
    vi.advanceTimersByTime(5000);
    expect(written).toHaveLength(1);
    foldLines([{ k: 'req', id: 2, createdAt: 20, method: 'GET', url: 'http://a.example/' }], store);
    vi.advanceTimersByTime(2000);
    expect(written).toHaveLength(2);
    table.end();
    vi.advanceTimersByTime(9000);
    expect(written).toHaveLength(2);
    vi.useRealTimers();
  });
});
