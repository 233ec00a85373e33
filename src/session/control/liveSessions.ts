/** The sessions of this user that run now, of whatever program of Net Trace, and calls to them. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Value from 'typebox/value';
import { isAlive } from '../spool/folders';
import { ownUid, readOwnFile, writeWhole } from '../spool/ownFiles';
import {
  type CommandResponse,
  commandName,
  commandResponse,
  responseName,
  type SessionCommand,
  type SessionFacts,
  sessionFacts,
  sessionFile,
} from './commands';

export interface LiveSession extends SessionFacts {
  folder: string;
}

const nameOfSpool = /^nettrace-spool-(\d+)-\w{6}$/;

/** The oldest first. Another user's are not looked into. */
export async function liveSessions(): Promise<LiveSession[]> {
  const names = await fs.readdir(tmpdir()).catch(() => []);
  const found = await Promise.all(names.map((name) => sessionIn(name).catch(() => undefined)));
  return found.filter((s) => s !== undefined).sort((a, b) => (a.beginTime < b.beginTime ? -1 : 1));
}

async function sessionIn(name: string): Promise<LiveSession | undefined> {
  const pid = Number(nameOfSpool.exec(name)?.[1]);
  if (!Number.isSafeInteger(pid) || !isAlive(pid)) return undefined;
  const folder = join(tmpdir(), name);
  const stat = await fs.lstat(folder);
  if (!stat.isDirectory() || (ownUid !== undefined && stat.uid !== ownUid)) return undefined;
  const facts = parsed(await readOwnFile(join(folder, sessionFile)));
  return Value.Check(sessionFacts, facts) && facts.pid === pid ? { ...facts, folder } : undefined;
}

/** Rejects, with a message for the user, if the session does not answer. A refusal is part of the answer. */
export async function callSession(
  { folder, pid }: LiveSession,
  command: SessionCommand,
  waitMs = 5000,
): Promise<CommandResponse> {
  const id = randomUUID();
  const response = join(folder, responseName(id));
  try {
    writeWhole(folder, commandName(id), { v: 1, ...command });
    const end = Date.now() + waitMs;
    while (Date.now() < end) {
      const text = await readOwnFile(response);
      const value = parsed(text);
      if (Value.Check(commandResponse, value)) return value;
      if (text !== undefined) break;
      await delay(20);
    }
  } catch {
    // Said below: its folder is gone.
  } finally {
    for (const path of [response, join(folder, commandName(id))]) await fs.rm(path, { force: true }).catch(() => {});
  }
  throw new Error(`The session of process ${pid} does not answer.`);
}

function parsed(text: Buffer | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}
