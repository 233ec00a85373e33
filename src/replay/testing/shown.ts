/** For tests: all that a replay shows at its position, as one text. */
import type { Replay } from '../position/replay';
import type { Node } from '../position/tree';
import { eventText } from '../position/words';

/** Deep enough for every record; references would lead round in circles. */
const depth = 2;

export function shownAt(replay: Replay): string {
  return JSON.stringify({
    position: replay.position,
    event: eventText(replay.trace, replay.event),
    scopes: plain(replay.scopes.at(replay.position, replay.event), depth),
    frames: replay.timeline.threads.map((thread) => {
      const event = replay.presentOf(thread);
      return event && replay.framesOf(event);
    }),
  });
}

export function plain(nodes: readonly Node[], levels: number): unknown {
  return nodes.map((n) => [n.name, n.value, levels > 0 && n.children ? plain(n.children(), levels - 1) : undefined]);
}
