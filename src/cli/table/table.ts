/** Columns of text. Widths are counted before colour is put on, so that colours never move a column. */

export interface Column {
  /** One or two lines. */
  head: string[];
  right?: boolean;
}

export interface Cell {
  text: string;
  paint?: (text: string) => string;
}

/** Lines of a table with its head; columns that are empty in every row are left out. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  paintHead: (t: string) => string,
): string[] {
  const used = columns.map((_, i) => i).filter((i) => rows.some((row) => row[i]?.text));
  const headHeight = Math.max(1, ...used.map((i) => columns[i]?.head.length ?? 0));
  const widths = used.map((i) =>
    Math.max(...[...(columns[i]?.head ?? []), ...rows.map((r) => r[i]?.text ?? '')].map((t) => t.length)),
  );
  const line = (cells: Cell[]) =>
    cells
      .map((cell, at) => {
        const width = widths[at] as number;
        const right = columns[used[at] as number]?.right;
        const pad = ' '.repeat(Math.max(0, width - cell.text.length));
        const text = cell.paint ? cell.paint(cell.text) : cell.text;
        return right ? pad + text : at === cells.length - 1 ? text : text + pad;
      })
      .join('  ')
      .trimEnd();
  const heads = Array.from({ length: headHeight }, (_, n) =>
    line(
      used.map((i) => {
        const head = columns[i]?.head ?? [];
        return { text: head[n - (headHeight - head.length)] ?? '', paint: paintHead };
      }),
    ),
  );
  return [...heads, ...rows.map((row) => line(used.map((i) => row[i] ?? { text: '' })))];
}
