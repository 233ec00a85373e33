/** What is typed into the Debug Console, watched or hovered over: queries, places in the tree, `at` and `help`. */
import { type Completion, compileQuery, completions, parseQuery } from '../../model/query';
import { seenIn } from '../../model/query/help/seen';
import { rowFields } from '../../model/query/rowFields';
import type { Replay } from '../position/replay';
import { type Node, nodeAt } from '../position/tree';
import { requestText } from '../position/words';

export type Evaluated = { node: Node } | { seek: number } | { error: string };

const help = `What can be typed here:
  status:>=500            requests of the whole trace that a query finds, each to open; those not made yet say "ahead"
  request.response.status what the Variables view shows: request, dial, connection, trace, and what is in them
  4711-0-12               a request by its id
  at 120ms                go to an instant (ms, or with s, ms, us); at event 12, at 4711-0-12: to an event, to a request's call
  help                    this`;

const place = /^(?:request|dial|connection|trace)(?:[.[].*)?$/i;
const goTo = /^at\s+(.+)$/i;
const instant = /^\+?(-?\d+(?:\.\d+)?)\s*(us|µs|ms|s)?$/i;
const units: Record<string, number> = { us: 1, µs: 1, ms: 1000, s: 1_000_000 };

/** The answer to an expression; `scopes` are those of the frame it is asked in. */
export function evaluate(replay: Replay, expression: string, scopes: readonly Node[]): Evaluated {
  const text = expression.trim();
  if (text === '' || /^(help|\?)$/i.test(text)) return { node: { name: 'help', value: help } };
  const [, where] = goTo.exec(text) ?? [];
  if (where !== undefined) return goingTo(replay, where.trim());
  if (place.test(text)) {
    const node = nodeAt(scopes, text);
    return node ? { node } : { error: `${text} is not known at this position` };
  }
  const request = requestOf(replay, text);
  return request ? { node: request } : listOf(replay, text);
}

/** Hover: answers if the text under the pointer is a request’s id; else it is code. */
export function hoverOf(replay: Replay, text: string): Evaluated {
  const node = requestOf(replay, text.trim());
  return node ? { node } : { error: 'not known to the trace' };
}

/** What may be typed next; `column` is an offset in the text. */
export function completionsAt(
  replay: Replay,
  text: string,
  column: number,
): { from: number; to: number; items: readonly Completion[] } {
  const rows = [...replay.trace.rows().values()];
  return completions(text, column, (key) => seenIn(rows, key));
}

function goingTo(replay: Replay, where: string): Evaluated {
  const { timeline } = replay;
  const time = instant.exec(where);
  if (time) return { seek: timeline.positionAt(Number(time[1]) * (units[(time[2] ?? 'ms').toLowerCase()] as number)) };
  const event = /^event\s+(\d+)$/i.exec(where);
  if (event) {
    const position = Number(event[1]) - 1;
    return position >= 0 && position <= timeline.last
      ? { seek: position }
      : { error: `the trace has events 1 to ${timeline.last + 1}` };
  }
  const [first] = timeline.ofRequest(where);
  return first === undefined
    ? { error: `"${where}" is no instant (120ms), no event (event 12) and no request of the trace` }
    : { seek: first };
}

/** As known now; one that is ahead, as it ended. */
function requestOf(replay: Replay, id: string): Node | undefined {
  const r = replay.trace.request(id);
  if (!r) return undefined;
  const [node] = replay.scopes.requests([r], replay.position);
  return node && { ...node, value: node.value || requestText(r) };
}

function listOf(replay: Replay, text: string): Evaluated {
  const parsed = parseQuery(text);
  if (parsed.error) return { error: `${parsed.error.message} (help says what can be typed here)` };
  const passes = compileQuery(parsed.query, rowFields);
  const rows = replay.trace.rows();
  const found = replay.trace.requests().filter((r) => {
    const row = rows.get(r.id);
    return row !== undefined && passes(row) === true;
  });
  const value = `${found.length} ${found.length === 1 ? 'request' : 'requests'}`;
  if (found.length === 0) return { node: { name: text, value } };
  return { node: { name: text, value, indexed: true, children: () => replay.scopes.requests(found, replay.position) } };
}
