/** The rows of a panel page, read from its DOM. Rows out of sight are not drawn, so the lists under test are short. */
import type { FrameLocator } from 'playwright-core';

export interface ShownRow {
  id: string;
  run: number;
  /** `4711-0` */
  thread: string;
  name: string;
  status: string;
  calledAt: string;
  /** What a screen reader says: every figure of the row. */
  label: string;
}

/** In the order shown. */
export async function rowsIn(page: FrameLocator): Promise<ShownRow[]> {
  const drawn = await page.locator('[role=row][data-id]').evaluateAll((rows) =>
    rows.map((row) => ({
      id: row.getAttribute('data-id') ?? '',
      index: Number(row.getAttribute('data-index')),
      name: row.querySelector('.c-name')?.textContent ?? '',
      status: row.querySelector('.c-status')?.textContent ?? '',
      calledAt: row.querySelector('.c-calledAt')?.textContent ?? '',
      label: row.getAttribute('aria-label') ?? '',
    })),
  );
  return drawn
    .filter((row) => /^r\d+\//.test(row.id)) // not the dividers between runs
    .sort((a, b) => a.index - b.index)
    .map(({ index: _, ...row }) => {
      const [, run, thread] = /^r(\d+)\/(.*)-\d+$/.exec(row.id) ?? [];
      return { ...row, run: Number(run), thread: thread ?? '' };
    });
}

/** `/apples 200`, one a row. */
export const describeRows = (rows: readonly ShownRow[]): string[] => rows.map((r) => `${r.name} ${r.status}`);

export const pidOf = (row: ShownRow | undefined): number => Number(row?.thread.split('-')[0]);
