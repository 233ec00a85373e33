/** Sessions that run, as an option or a call names them. */
import { type LiveSession, liveSessions } from '../../session/control/liveSessions';
import { printable, UsageError } from '../terminal/say';

/** All of this user's, or the one that is asked for: by the first characters of its id, or its process id. */
export async function sessionsOf(asked: string | undefined): Promise<LiveSession[]> {
  const all = await liveSessions();
  if (all.length === 0)
    throw new UsageError('You have no running session. Start one: nettrace run, or Net Trace in VS Code.');
  if (asked === undefined) return all;
  const matching = all.filter((s) => String(s.pid) === asked || (asked.length >= 4 && s.id.startsWith(asked)));
  if (matching.length === 0)
    throw new UsageError(`No session ${printable(asked)} is running. There are: ${namesOf(all)}.`);
  return matching;
}

export function onlySession(sessions: readonly LiveSession[], how = '--session'): LiveSession {
  const [first, second] = sessions;
  if (first === undefined || second !== undefined)
    throw new UsageError(`Several sessions are running: choose one with ${how}. Running: ${namesOf(sessions)}.`);
  return first;
}

const namesOf = (sessions: readonly LiveSession[]): string =>
  sessions.map((s) => `${printable(s.id.slice(0, 8))} (process ${s.pid})`).join(', ');
