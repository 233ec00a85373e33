/** `nettrace rules`: the trace rules of sessions that run, in other terminals or in VS Code. */
import { queryOf } from '../../answers/requests/matching';
import { messageOf } from '../../model/base/text';
import type { TraceRule } from '../../model/records';
import type { CommandResponse, SessionCommand } from '../../session/control/commands';
import { callSession, type LiveSession } from '../../session/control/liveSessions';
import { expectKey } from '../run/asked';
import { tableLines } from '../table/table';
import { printable, say, styleFor, UsageError } from '../terminal/say';
import { onlySession, sessionsOf } from '../trace/sessions';

export interface RulesOptions {
  /** Id of a session (its first characters), or number of its process. */
  session?: string;
  json?: boolean;
}

export interface CreateOptions extends RulesOptions {
  limit?: number;
  sample?: number;
  description?: string;
  enable?: boolean;
}

interface Listed {
  session: LiveSession;
  rules: readonly TraceRule[];
}

const out = (text: string): void => void process.stdout.write(`${text}\n`);

/** All trace rules of the sessions, with what has become of them. */
export async function listRules(options: RulesOptions): Promise<void> {
  const responses = await askAll(await sessionsOf(options.session));
  if (options.json) return out(JSON.stringify(responses.map(({ session, rules }) => ({ ...factsOf(session), rules }))));
  responses.forEach(({ session, rules }, i) => {
    if (i > 0) out('');
    out(
      `session ${session.id.slice(0, 8)}, process ${session.pid}: ${printable(session.description ?? 'no description')}`,
    );
    for (const line of tableOf(rules)) out(line);
  });
}

/** Prints the id of what was made, which is not enabled unless that is asked for. */
export async function createRule(condition: string, options: CreateOptions): Promise<void> {
  queryOf(condition, 'condition');
  expectKey('nettrace rules create', condition);
  const { limit, sample, description, enable } = options;
  const session = onlySession(await sessionsOf(options.session));
  const create = {
    condition,
    ...(limit !== undefined ? { limit } : {}),
    ...(sample !== undefined ? { sample } : {}),
    ...(description !== undefined ? { description } : {}),
  };
  let response = await call(session, { verb: 'create', create });
  const { id = '' } = response;
  if (enable) response = await call(session, { verb: 'update', id, enabled: true });
  print(response, id, options, id);
  if (!enable && !options.json) say(`It is not enabled. To enable it: nettrace rules enable ${id.slice(0, 8)}`);
}

export async function getRule(id: string, options: RulesOptions): Promise<void> {
  const { rule } = await find(id, options);
  if (options.json) return out(JSON.stringify(rule));
  for (const [name, value] of Object.entries(rule)) out(`${name.padEnd(12)} ${printable(wordsOf(name, value))}`);
}

function wordsOf(name: string, value: unknown): string {
  if (name === 'condition' && value === '') return '(every request)';
  if (name === 'matched')
    return (value as NonNullable<TraceRule['matched']>).map((m) => `${m.count} in thread ${m.thread}`).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export async function setEnabled(id: string, enabled: boolean, options: RulesOptions): Promise<void> {
  const { session, rule } = await find(id, options);
  const response = await call(session, { verb: 'update', id: rule.id, enabled });
  print(response, rule.id, options, `${rule.id} ${enabled ? 'enabled' : 'disabled'}`);
}

export async function deleteRule(id: string, options: RulesOptions): Promise<void> {
  const { session, rule } = await find(id, options);
  await call(session, { verb: 'delete', id: rule.id });
  out(options.json ? JSON.stringify({ id: rule.id, deleted: true }) : `${rule.id} deleted`);
}

function print(response: CommandResponse, id: string, options: RulesOptions, text: string): void {
  out(options.json ? JSON.stringify(response.requests.find((r) => r.id === id)) : text);
}

const factsOf = ({ id, pid, description, beginTime }: LiveSession) => ({ session: id, pid, description, beginTime });

async function call(session: LiveSession, command: SessionCommand): Promise<CommandResponse> {
  let response: CommandResponse;
  try {
    response = await callSession(session, command);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
  if (response.error !== undefined) throw new UsageError(response.error);
  return response;
}

/** Those that response; one that does not is no reason to say nothing of the others. */
async function askAll(sessions: readonly LiveSession[]): Promise<Listed[]> {
  const asked = sessions.map(async (session): Promise<Listed> => {
    const { requests: rules } = await call(session, { verb: 'list' });
    return { session, rules };
  });
  const answers = await Promise.allSettled(asked);
  const responses = answers.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []));
  const failed = answers.find((a) => a.status === 'rejected');
  if (responses.length === 0 && failed) throw failed.reason;
  return responses;
}

/** By id, or by its first characters where they are one's alone. */
async function find(id: string, options: RulesOptions): Promise<Listed & { rule: TraceRule }> {
  if (id.trim() === '') throw new UsageError('The id is empty. `nettrace rules list` lists the ids.');
  const responses = await askAll(await sessionsOf(options.session));
  const found = responses.flatMap((t) =>
    t.rules.filter((r) => r.id === id || (id.length >= 4 && r.id.startsWith(id))).map((rule) => ({ ...t, rule })),
  );
  const [first] = found;
  if (first === undefined)
    throw new UsageError(`There is no trace rule ${printable(id)}. \`nettrace rules list\` lists the ids.`);
  if (found.some((f) => f.rule.id !== first.rule.id))
    throw new UsageError(`${id} matches several trace rules: give more of the id.`);
  return first;
}

function tableOf(rules: readonly TraceRule[]): string[] {
  if (rules.length === 0) return ['no trace rules'];
  const rows = rules.map((r) => [
    r.id,
    stateText(r),
    String((r.matched ?? []).reduce((sum, m) => sum + m.count, 0)),
    r.limit === undefined ? '' : String(r.limit),
    r.sample === undefined ? '' : String(r.sample),
    printable(r.condition === undefined || r.condition.trim() === '' ? 'everything' : r.condition),
    printable(r.description ?? ''),
  ]);
  const heads = ['id', 'state', 'traced', 'limit', 'sample', 'condition', 'description'];
  const columns = heads.map((head) => ({ head: [head], right: ['traced', 'limit', 'sample'].includes(head) }));
  const cells = rows.map((row) => row.map((text) => ({ text })));
  return tableLines(columns, cells, styleFor(process.stdout).dim);
}

const stateText = (r: TraceRule): string => (r.state === 'limitReached' ? 'limit reached' : (r.state ?? 'created'));
