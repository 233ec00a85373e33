/**
 * Calls from another terminal to a session that runs: a file in its spool folder, answered by a file beside it. The folder
 * is the user's alone, so nobody else's session can be seen or changed, and nothing listens on any port.
 */
import { readdirSync, rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import Value from 'typebox/value';
import { type TraceRule, traceRule } from '../../model/records';
import { TraceRuleError, type TraceRules } from '../../model/traceRules';
import { readOwnFile, writeWhole } from '../spool/ownFiles';

const optional = Type.Optional;
const command = Type.Object({
  v: Type.Literal(1),
  verb: Type.Union([Type.Literal('list'), Type.Literal('create'), Type.Literal('update'), Type.Literal('delete')]),
  id: optional(Type.String({ maxLength: 64 })),
  enabled: optional(Type.Boolean()),
  create: optional(
    Type.Object({
      condition: Type.String(),
      description: optional(Type.String()),
      limit: optional(Type.Number()),
      sample: optional(Type.Number()),
    }),
  ),
});
/** `update` and `delete` name an id. */
export interface SessionCommand {
  verb: 'list' | 'create' | 'update' | 'delete';
  id?: string;
  enabled?: boolean;
  create?: { condition: string; description?: string; limit?: number; sample?: number };
}

export const sessionFacts = Type.Object({
  v: Type.Literal(1),
  /** Id of its trace. */
  id: Type.String(),
  /** Process of the session. */
  pid: Type.Integer(),
  description: optional(Type.String()),
  beginTime: Type.String(),
});
export type SessionFacts = Static<typeof sessionFacts>;

export const commandResponse = Type.Object({
  error: optional(Type.String()),
  /** All trace rules after the call. */
  requests: Type.Array(traceRule),
  /** The one that was made, changed or deleted. */
  id: optional(Type.String()),
});
export type CommandResponse = Static<typeof commandResponse>;

export const sessionFile = 'session.json';
const nameOfCommand = /^command-([0-9a-f-]{36})\.json$/;
export const commandName = (id: string): string => `command-${id}.json`;
export const responseName = (id: string): string => `answer-${id}.json`;
const maxBytes = 1024 * 1024;

/** Takes the calls of one session. */
export class Commands {
  readonly #folder: string;
  readonly #registry: () => TraceRules | undefined;
  /** With what has happened in the run. */
  readonly #requests: () => readonly TraceRule[];

  constructor(
    folder: string,
    facts: SessionFacts,
    registry: () => TraceRules | undefined,
    requests: () => readonly TraceRule[],
  ) {
    this.#folder = folder;
    this.#registry = registry;
    this.#requests = requests;

    try {
      writeWhole(folder, sessionFile, facts);
    } catch {
      // Not to be found by others; the session itself goes on.
    }
  }

  /** A file has come, or changed; `undefined`: look at all. */
  noticed(name?: string): void {
    if (name !== undefined) {
      const id = nameOfCommand.exec(name)?.[1];
      if (id !== undefined) void this.#take(id);
      return;
    }
    try {
      for (const one of readdirSync(this.#folder)) if (nameOfCommand.test(one)) this.noticed(one);
    } catch {
      // The folder is gone.
    }
  }

  close(): void {
    rmSync(join(this.#folder, sessionFile), { force: true });
  }

  async #take(id: string): Promise<void> {
    try {
      const path = join(this.#folder, commandName(id));
      const text = await readOwnFile(path);
      // Any other file is removed too, or each poll would find it again. Not `rm`, which does not fail when another
      // poll has already removed the file: a call would be carried out twice.
      await fs.unlink(path);
      if (text === undefined) return;
      writeWhole(this.#folder, responseName(id), this.#response(text));
    } catch {
      // Taken already, or nowhere to write: who asked says that nobody answers.
    }
  }

  #response(text: Buffer): CommandResponse {
    const registry = this.#registry();
    const failed = (error: string): CommandResponse => ({ error, requests: [...this.#requests()] });
    let asked: unknown;
    try {
      asked = text.byteLength > maxBytes ? undefined : JSON.parse(text.toString('utf8'));
    } catch {
      asked = undefined;
    }
    if (!Value.Check(command, asked)) return failed('The call is invalid for this version of Net Trace.');
    if (registry === undefined) return failed('The trace rules of this session cannot be changed from here.');
    try {
      const id = carryOut(registry, asked as SessionCommand);
      return { requests: [...this.#requests()], ...(id !== undefined ? { id } : {}) };
    } catch (error) {
      if (error instanceof TraceRuleError) return failed(error.message);
      throw error;
    }
  }
}

function carryOut(registry: TraceRules, { verb, id = '', enabled, create }: SessionCommand): string | undefined {
  if (verb === 'list') return undefined;
  if (verb === 'create') return registry.create(create ?? { condition: '' }).id;
  if (verb === 'delete') registry.delete(id);
  else registry.update(id, enabled === undefined ? {} : { enabled });
  return id;
}
