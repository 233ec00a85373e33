/** What the server answers from: one trace, or a session that runs; read again when it has changed. */
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import * as Type from 'typebox';
import type { PairSource } from '../../answers/tools/compare';
import { type Source, type View, viewOf } from '../../answers/tools/view';
import { lowered } from '../../formats';
import type { Trace } from '../../model/records';
import { sinceBegin } from '../../model/store/header';
import { Store } from '../../model/store/store';
import type { LiveSession } from '../../session/control/liveSessions';
import { recoverTrace } from '../../session/recover';
import { UsageError } from '../terminal/say';
import { endOf, openTrace } from '../trace/open';
import { onlySession, sessionsOf } from '../trace/sessions';

/** A saved trace and the one before the change. */
export const pairOf = (before: Source, after: Source): PairSource => ({
  parameters: {},
  what: 'the baseline and the trace',
  pair: async () => ({ before: await before.view({}), after: await after.view({}) }),
});

const sessionParameter = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 64,
    description:
      'Of several running sessions, the one to read: its process id, or the first characters of its id (list_sessions).',
  }),
);

/** A file, or the folder that a killed run left. */
export function fileSource(path: string): Source {
  const kept = new Kept();
  return {
    parameter: {},
    view: () => kept.view(path, path, async () => readView(path, await openTrace(path))),
  };
}

/** `fixed`: the session that the server was started for. */
export function sessionSource(fixed: string | undefined): Source {
  const kept = new Kept();
  return {
    parameter: { session: sessionParameter },
    view: async ({ session: asked }) => {
      if (fixed !== undefined && asked !== undefined && asked !== fixed)
        throw new UsageError('This server was started for one session: leave `session` out.');
      const session = onlySession(await sessionsOf(asked ?? fixed), '`session`');
      return kept.view(session.id, session.folder, () => liveView(session));
    },
  };
}

/** The last view, while what it was read from is the same. Calls wait for each other: a large trace is read once. */
class Kept {
  #mark = '';
  #view: View | undefined;
  #last: Promise<unknown> = Promise.resolve();

  view(name: string, path: string, read: () => Promise<View>): Promise<View> {
    const next = this.#last.then(async () => {
      const mark = `${name} ${await markOf(path)}`;
      if (this.#view !== undefined && mark === this.#mark) return this.#view;
      this.#view = undefined;
      const view = await read();
      this.#mark = mark;
      this.#view = view;
      return view;
    });
    this.#last = next.catch(() => {});
    return next;
  }
}

/** What changes when a file, or a file in a folder, is written. */
async function markOf(path: string): Promise<string> {
  const stat = await fs.stat(path).catch(() => undefined);
  if (stat === undefined) return '';
  if (!stat.isDirectory()) return `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
  const marks: string[] = [];
  for (const name of (await fs.readdir(path)).filter((n) => n.endsWith('.jsonl')).sort()) {
    const one = await fs.lstat(join(path, name)).catch(() => undefined);
    if (one) marks.push(`${name} ${one.size} ${one.mtimeMs}`);
  }
  return marks.join('\n');
}

function readView(name: string, trace: Trace, now?: number): View {
  const store = Store.fromDocument(lowered(trace));
  return viewOf(name, store, now ?? endOf(store));
}

/** From the event lines that its programs have written, as the folder of a killed run is read; nothing is changed. */
async function liveView({ id, folder, description }: LiveSession): Promise<View> {
  const trace = await recoverTrace(folder, { live: true });
  if (trace === undefined)
    throw new UsageError(`The session ${id.slice(0, 8)} has recorded nothing yet: its program has not begun.`);
  if (description !== undefined) trace.description = description;
  return readView(`session ${id.slice(0, 8)}`, trace, sinceBegin(trace, process.hrtime.bigint()));
}
