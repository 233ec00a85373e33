/** A request as a block of lines: what `show --view request` and `show --request` say of it. */
import { Usual } from '../../analysis/verdict/case/usual';
import { factLines } from '../../answers/requests/facts';
import { phasesOf } from '../../model/phases/phases';
import type { Request } from '../../model/records';
import type { Row } from '../../model/rows/row';
import { maskText } from '../../model/secrets/mask';
import type { Store } from '../../model/store/store';
import { verdictLines } from '../summary/findings';
import { printable, type Style } from '../terminal/say';
import { textLines } from './texts';
import { waterfallLines } from './waterfall';

export interface BlockOptions {
  now: number;
  style: Style;
  /** Recorded bodies too. */
  body: boolean;
}

/** A block a request, with an empty line between two; each is made when it is asked for. */
export function* requestBlocks(store: Store, rows: Iterable<Row>, options: BlockOptions): Generator<string> {
  const usual = new Usual(store);
  let first = true;
  for (const row of rows) {
    const request = store.requests.get(row.id);
    if (!request) continue;
    yield `${first ? '' : '\n'}${requestBlock(row, request, store, { ...options, usual }).join('\n')}\n`;
    first = false;
  }
}

function requestBlock(
  row: Row,
  request: Request,
  store: Store,
  { now, style, body, usual }: BlockOptions & { usual: Usual },
): string[] {
  return [
    `${style.bold(`${printable(row.method)} ${printable(row.url)}`)}  ${printable(row.stateText)}`,
    ...factLines(row, request, store, now).map((l) => style.dim(`  ${printable(maskText(l))}`)),
    ...textLines(request, style, body),
    ...waterfallLines(phasesOf(request, store, now), style),
    ...verdictLines(request, store, now, style, usual),
  ];
}
