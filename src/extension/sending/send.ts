/**
 * Sends a request from the extension: by a program of our own that is traced like any other, as a run of its own. So its
 * row has the phases, the connection and the bodies that rows of programs have, and counts as none of theirs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { OptionValues } from '../../model/options/table';
import type { SessionOptions } from '../../session/session';
import type { StartableRecorder } from '../debug/tracer';
import { rowIdOf } from '../rows/rows';
import type { Runs } from '../runs/runs';
import type { RequestToSend } from './parse';
import type { Order, Outcome } from './program';

const timeoutMs = 60_000;
/** Beyond what is recorded of a body, so that its size is known. */
const maxBytes = 64 * 1024 * 1024;
/** To end by itself once it was cancelled or timed out. */
const graceMs = 5000;
const maxAnswer = 100_000;

export interface Sender {
  runs: Pick<Runs, 'begin' | 'end' | 'row' | 'onDidChange'>;
  create(): Promise<StartableRecorder>;
  /** Folder of the bundles. */
  dist: string;
  /** Absent: as above. */
  timeoutMs?: number;
}

export interface Sending extends Outcome {
  /** Of its row; absent: there is none. */
  row?: string;
}

/** What is recorded of it: all of HTTP, with the user's own rules of what is secret. */
export const ofSending = ({ maskedParameters, excludeHeaders }: OptionValues): Partial<SessionOptions> => ({
  headers: 'values',
  bodies: 4 * 1024 * 1024,
  bodyTypes: ['*'],
  callSites: 'off',
  ...(maskedParameters ? { maskedParameters } : {}),
  ...(excludeHeaders ? { excludeHeaders } : {}),
});

/** `cancelled`: resolves when the user wants it to end. */
export async function send(
  request: Pick<RequestToSend, 'method' | 'url' | 'headers' | 'body'>,
  sender: Sender,
  cancelled?: Promise<void>,
): Promise<Sending> {
  const recorder = await sender.create();
  recorder.begin();
  const run = sender.runs.begin(recorder, 'Sent by you', { sentByYou: true });
  const limitMs = sender.timeoutMs ?? timeoutMs;
  const order: Order = {
    method: request.method,
    url: request.url,
    headers: request.headers.map(({ name, value }) => [name, value]),
    ...(request.body ? { body: request.body.toString('base64') } : {}),
    timeoutMs: limitMs,
    maxBytes,
  };
  let outcome: Outcome;
  try {
    outcome = await ordered(order, recorder, sender.dist, cancelled);
  } finally {
    await sender.runs.end(run);
  }
  const made = [...run.store.requests.values()].find((r) => r.direction !== 'in');
  if (!made) return outcome;
  const row = rowIdOf(run.number, made.id);
  await shown(row, sender.runs);
  return { ...outcome, row };
}

/** Rows follow their records by a moment. */
async function shown(row: string, runs: Sender['runs']): Promise<void> {
  if (runs.row(row)) return;
  let listening: { dispose(): void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    listening = runs.onDidChange(() => runs.row(row) && resolve());
    // It may have been cleared.
    timer = setTimeout(resolve, graceMs);
  });
  clearTimeout(timer);
  listening?.dispose();
}

async function ordered(
  order: Order,
  recorder: StartableRecorder,
  dist: string,
  cancelled: Promise<void> | undefined,
): Promise<Outcome> {
  const child = spawn(process.execPath, ['--require', recorder.hook, join(dist, 'send.cjs')], {
    env: environmentOf(recorder),
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  let answer = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    if (answer.length < maxAnswer) answer += piece;
  });
  const killed = setTimeout(() => child.kill('SIGKILL'), order.timeoutMs + graceMs);
  let killedSoon: NodeJS.Timeout | undefined;
  void cancelled?.then(() => {
    child.stdin.end();
    killedSoon = setTimeout(() => child.kill('SIGKILL'), graceMs);
  });
  // It may be gone before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.write(`${JSON.stringify(order)}\n`);
  try {
    await once(child, 'close');
  } catch (error) {
    return { error: (error as Error).message };
  } finally {
    clearTimeout(killed);
    clearTimeout(killedSoon);
  }
  return outcomeOf(answer);
}

/** VS Code's own program is Node when asked to be. Its variables, and what other tools preload, are none of the request's. */
function environmentOf(recorder: StartableRecorder): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|VSCODE_.*|ELECTRON_.*)$/.test(name));
  const { NODE_OPTIONS: _, ...environment } = recorder.environment(Object.fromEntries(own));
  return { ...environment, ELECTRON_RUN_AS_NODE: '1' };
}

function outcomeOf(answer: string): Outcome {
  try {
    return JSON.parse(answer) as Outcome;
  } catch {
    return { error: 'the sending process ended without an answer' };
  }
}
