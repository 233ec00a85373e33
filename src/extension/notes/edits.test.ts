import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Edit, Edits } from './edits';

/** Applies a replacement to a text and gives the edit as the editor would report it. */
function replace(
  lines: string[],
  at: number,
  from: [number, number],
  to: [number, number],
  text: string,
): { lines: string[]; edit: Edit } {
  const before = [...lines.slice(0, from[0]), (lines[from[0]] as string).slice(0, from[1])].join('\n');
  const rest = (lines[to[0]] as string).slice(to[1]);
  const after = [rest, ...lines.slice(to[0] + 1)].join('\n');
  const edit: Edit = {
    at,
    startLine: from[0],
    startCharacter: from[1],
    endLine: to[0],
    endCharacter: to[1],
    lineBreaks: text.split('\n').length - 1,
    beginsWithBreak: text.startsWith('\n'),
    endsWithBreak: text.endsWith('\n'),
    atLineEnd: rest === '',
  };
  return { lines: (before + text + after).split('\n'), edit };
}

const edited = (...changes: [[number, number], [number, number], string][]) => {
  let lines = ['aa', 'bb', 'cc', 'dd', 'ee'];
  const edits = new Edits();
  for (const [from, to, text] of changes) {
    const r = replace(lines, 100, from, to, text);
    lines = r.lines;
    edits.add(r.edit);
  }
  return edits;
};

describe('a line moves with edits', () => {
  test('lines put in or taken out above', () => {
    expect(edited([[0, 2], [0, 2], '\nnew']).now(3, 0)).toEqual({ line: 4, changed: false });
    expect(edited([[2, 0], [2, 0], 'new\nnew\n']).now(3, 0)).toEqual({ line: 5, changed: false });
    expect(edited([[0, 0], [2, 0], '']).now(3, 0)).toEqual({ line: 1, changed: false });
  });

  test('edits below, and a new line begun behind it, leave it alone', () => {
    expect(edited([[3, 0], [4, 1], 'x\ny']).now(3, 0)).toEqual({ line: 3, changed: false });
    expect(edited([[2, 2], [2, 2], '\n']).now(3, 0)).toEqual({ line: 3, changed: false });
  });

  test('an edit of the line itself is reported', () => {
    expect(edited([[2, 1], [2, 2], 'x']).now(3, 0)).toEqual({ line: 3, changed: true });
    expect(edited([[2, 1], [2, 1], '\n']).now(3, 0)).toEqual({ line: 3, changed: true });
    expect(edited([[1, 1], [2, 1], '']).now(3, 0)).toEqual({ line: 2, changed: true });
  });

  test('a line taken away is gone', () => {
    expect(edited([[1, 0], [4, 0], '']).now(3, 0)).toBeUndefined();
    expect(edited([[1, 2], [2, 2], '']).now(3, 0)).toBeUndefined();
  });

  test('edits before the run do not count', () => {
    expect(edited([[0, 0], [0, 0], 'x\n']).now(3, 100)).toEqual({ line: 3, changed: false });
    expect(edited([[0, 0], [0, 0], 'x\n']).now(3, 99)).toEqual({ line: 4, changed: false });
  });

  test('an unchanged line keeps its text, whatever is edited', () => {
    const change = fc.tuple(
      fc.nat(9),
      fc.nat(3),
      fc.nat(3),
      fc.nat(3),
      fc.constantFrom('', 'x', '\n', 'x\n', '\nx', 'a\nb\nc'),
    );
    const seen = { same: 0, changed: 0 };
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.integer({ min: 1, max: 10 }), (changes, line) => {
        const first = Array.from({ length: 10 }, (_, i) => `line${i}`);
        let lines = first;
        const edits = new Edits();
        for (const [start, height, c1, c2, text] of changes) {
          const a = Math.min(start, lines.length - 1);
          const b = Math.min(a + height, lines.length - 1);
          const from: [number, number] = [a, Math.min(c1, (lines[a] as string).length)];
          const to: [number, number] = [b, Math.min(a === b ? Math.max(c1, c2) : c2, (lines[b] as string).length)];
          const r = replace(lines, 1, from, to, text);
          lines = r.lines;
          edits.add(r.edit);
        }
        const now = edits.now(line, 0);
        if (now?.changed === false) expect(lines[now.line - 1]).toBe(first[line - 1]);
        seen[now?.changed === false ? 'same' : 'changed']++;
      }),
    );
    expect(Math.min(seen.same, seen.changed)).toBeGreaterThan(0);
  });
});
