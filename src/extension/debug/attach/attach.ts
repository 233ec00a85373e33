/**
 * Puts the hook into programs that run under the JavaScript debugger already, one debug session (a process, or a thread of
 * one) at a time, and removes it again. Both by expressions that the debugger evaluates in the program, whether it runs
 * or is paused.
 */
import type { DebugSession } from 'vscode';
import {
  asAttached,
  attachProblem,
  detachExpression,
  injectExpression,
  injected,
  type Probe,
  probeExpression,
  probeOf,
} from '../../../session/program/attach';
import type { Recorder } from '../../runs/recorder';
import type { Log } from '../../support/log';

/** What came of it: the hook is in the program now, was there before, or cannot come (a sentence or two for the user). */
export type Joined = { state: 'attached' | 'already' } | { state: 'failed'; why: string };

type Leaf = Pick<DebugSession, 'id' | 'customRequest'>;

/** The debugger reports a process before it can evaluate anything there. */
const tries = 40;
const gapMs = 100;
const pause = () => new Promise((done) => setTimeout(done, gapMs));

/** Undefined: the process ended first. */
export async function join(
  leaf: Leaf,
  recorder: Recorder,
  isOver: () => boolean,
  log: Pick<Log, 'debug'>,
): Promise<Joined | undefined> {
  const probe = await probed(leaf, recorder, isOver, log);
  if (probe === undefined) return isOver() ? undefined : { state: 'failed', why: 'The program does not respond.' };
  if (probe.hook === 'ours') return { state: 'already' };
  const why = attachProblem(probe);
  if (why !== undefined) return { state: 'failed', why };
  const variables = asAttached(recorder.environment({ NODE_OPTIONS: probe.nodeOptions }), probe);
  try {
    const came = injected(await evaluate(leaf, injectExpression(recorder.hook, variables)));
    // Between the two questions its own preload came.
    if (came === 'already') return { state: 'already' };
    if ('thread' in came) return { state: 'attached' };
    return { state: 'failed', why: `The hook could not be loaded into the program: ${came.why}` };
  } catch (error) {
    log.debug(`attach: ${String(error)}`);
    return isOver() ? undefined : { state: 'failed', why: `The debugger could not load the hook: ${String(error)}` };
  }
}

async function probed(
  leaf: Leaf,
  recorder: Recorder,
  isOver: () => boolean,
  log: Pick<Log, 'debug'>,
): Promise<Probe | undefined> {
  const expression = probeExpression(recorder.hook, recorder.spoolFolder);
  for (let i = 0; i < tries && !isOver(); i++) {
    try {
      const probe = probeOf(await evaluate(leaf, expression));
      if (probe) return probe;
    } catch (error) {
      log.debug(`attach: ${String(error)}`);
    }
    await pause();
  }
  return undefined;
}

/** The hook leaves the program. False: it could not be reached; then it leaves by itself, a moment later. */
export async function part(leaf: Leaf, log: Pick<Log, 'debug'>): Promise<boolean> {
  try {
    for (let i = 0; i < tries; i++) {
      if ((await evaluate(leaf, detachExpression)).includes('left')) return true;
      await pause();
    }
  } catch (error) {
    log.debug(`detach: ${String(error)}`);
  }
  return false;
}

async function evaluate(leaf: Leaf, expression: string): Promise<string> {
  // Of this context the debugger gives the whole text, unquoted.
  const response: unknown = await leaf.customRequest('evaluate', { expression, context: 'clipboard' });
  return String((response as { result?: unknown } | undefined)?.result);
}
