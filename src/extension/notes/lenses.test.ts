import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lenses } from './lenses';

const document = { languageId: 'typescript' } as never;
const other = { languageId: 'javascript' } as never;
const editor = vi.hoisted(() => ({ visible: [] as object[], registered: 0 }));

vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly #listeners = new Set<() => void>();
    event = (f: () => void) => {
      this.#listeners.add(f);
    };
    fire() {
      for (const f of this.#listeners) f();
    }
    dispose() {}
  },
  CodeLens: class {
    constructor(
      readonly range: object,
      readonly command: { title: string },
    ) {}
  },
  Range: class {},
  languages: {
    registerCodeLensProvider: () => {
      editor.registered++;
      return { dispose: () => editor.registered-- };
    },
    match: (_: unknown, { languageId }: { languageId: string }) => (/script$/.test(languageId) ? 10 : 0),
  },
  window: {
    get visibleTextEditors() {
      return editor.visible.map((document) => ({ document }));
    },
  },
}));

beforeEach(() => {
  vi.useFakeTimers();
  editor.visible = [document];
  editor.registered = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

let count = 0;
function opened(): Lenses {
  count = 0;
  return new Lenses(() => [
    { reference: { file: 'a.ts', line: 1 }, text: `${count}×  now waiting`, line: 0, changed: false },
  ]);
}

/** As VS Code does it: each change begins the wait again. What it shows, each time that it asked. */
function vsCode(lenses: Lenses, of = document, waitMs = 250): { shown: string[]; blur: () => void } {
  const shown: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  lenses.onDidChangeCodeLenses(() => {
    clearTimeout(timer);
    timer = setTimeout(
      () =>
        shown.push(
          lenses
            .provideCodeLenses(of)
            .map((l) => l.command?.title)
            .join(),
        ),
      waitMs,
    );
  });
  return { shown, blur: () => clearTimeout(timer) };
}

/** A request goes on: its note changes with every update. */
function running(lenses: Lenses, ms: number): void {
  for (let at = 0; at < ms; at += 250) {
    count++;
    lenses.update(true);
    vi.advanceTimersByTime(250);
  }
}

describe('while requests run', () => {
  test('lenses follow, at most once a second', () => {
    const lenses = opened();
    const { shown } = vsCode(lenses);
    running(lenses, 10_000);
    expect(shown[0]).toBe('$(pulse) 1× · now waiting');
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown.length).toBeGreaterThanOrEqual(8);
    expect(shown.length).toBeLessThanOrEqual(10);
  });

  test('they appear and follow also where VS Code asks only seconds after a change', () => {
    const lenses = opened();
    const { shown } = vsCode(lenses, document, 2500);
    running(lenses, 30_000);
    expect(shown.length).toBeGreaterThanOrEqual(7);
  });

  test('each of two editors gets its own, however far apart VS Code asks for them', () => {
    editor.visible = [document, other, { languageId: 'json' }];
    const lenses = opened();
    const [quick, slow] = [vsCode(lenses), vsCode(lenses, other, 2500)];
    running(lenses, 30_000);
    expect(quick.shown.length).toBeGreaterThanOrEqual(7);
    expect(slow.shown.length).toBeGreaterThanOrEqual(7);
  });

  test('a change that VS Code dropped is announced again', () => {
    const lenses = opened();
    const { shown, blur } = vsCode(lenses);
    lenses.update(true);
    blur();
    running(lenses, 10_000);
    expect(shown.length).toBeGreaterThanOrEqual(3);
  });
});

test('switched off, they are gone with the next question: the provider stays, else they would be shown for 30 s more', () => {
  const lenses = opened();
  const { shown } = vsCode(lenses);
  lenses.update(false);
  expect(editor.registered).toBe(0);
  running(lenses, 3000);
  expect(shown.at(-1)).not.toBe('');
  lenses.update(false);
  vi.advanceTimersByTime(3000);
  expect(shown.at(-1)).toBe('');
  expect(editor.registered).toBe(1);
  lenses.dispose();
  expect(editor.registered).toBe(0);
});
