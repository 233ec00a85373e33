// Why a program that was started with the hook in its environment sent nothing at all, not even the line with which the
// hook says that it is there. One answer for the command line and the editor: what happened, and what to do.
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { executableOf, isNode, isOtherRuntime } from './executable';
import { splitNodeOptions } from './nodeOptions';

export interface LaunchFacts {
  command: string;
  args: readonly string[];
  /** The environment that the program was given. */
  env: Record<string, string | undefined>;
  cwd?: string;
  /** Path that NODE_OPTIONS preloads. */
  hook: string;
  spool: string;
}

export interface Unloaded {
  reason: 'oldNode' | 'otherRuntime' | 'permission' | 'brokenOptions' | 'cleared';
  /** One sentence: what happened. */
  text: string;
  /** One sentence: what to do. */
  advice: string;
}

export const leastNode = 18;

export async function whyNotLoaded(facts: LaunchFacts): Promise<Unloaded> {
  const { command, args, env } = facts;
  const options = splitNodeOptions(env.NODE_OPTIONS ?? '');
  if (options === undefined) {
    return {
      reason: 'brokenOptions',
      text: 'NODE_OPTIONS has a quote without its end, so Node refuses to start and the hook could not be added.',
      advice: 'Correct NODE_OPTIONS.',
    };
  }
  const program = await executableOf(command, env, facts.cwd);
  const name = program?.name ?? command;
  if (isOtherRuntime(name)) {
    return {
      reason: 'otherRuntime',
      text: `${name} is another runtime and does not load Node’s preload hooks.`,
      advice: 'Run the program with Node 18 or later.',
    };
  }
  if (program !== undefined && isNode(name)) {
    const version = await nodeVersion(program.path, env);
    if (version !== undefined && Number.parseInt(version, 10) < leastNode) {
      return {
        reason: 'oldNode',
        text: `${command} is Node ${version}; the hook needs Node ${leastNode} or later.`,
        advice: `Use Node ${leastNode} or later (22 or later shows most).`,
      };
    }
    if (usesPermissions([...program.flags, ...ownFlags(args), ...options])) return permission(facts);
    return {
      reason: 'cleared',
      text: 'Node started without the hook: NODE_OPTIONS was cleared or replaced on the way to the program.',
      advice:
        'Look for what sets NODE_OPTIONS or becomes another user: a wrapper script, `env -i`, `sudo`, a container.',
    };
  }
  return {
    reason: 'cleared',
    text: `${command} started no Node program that loaded the hook.`,
    advice:
      'Check that it runs Node 18 or later, and that nothing on the way clears NODE_OPTIONS or becomes another user (`env -i`, `sudo`, a container).',
  };
}

/**
 * True if preloading would keep the program from starting: Node 20's permission model refuses to read the preload (later
 * ones load it and refuse only its writing).
 */
export function preloadWouldFail(args: readonly string[], nodeOptions: string | undefined): boolean {
  const flags = [...ownFlags(args), ...(splitNodeOptions(nodeOptions ?? '') ?? [])];
  return flags.includes('--experimental-permission') && !flags.includes('--allow-fs-read=*');
}

export function permission(facts: Pick<LaunchFacts, 'hook' | 'spool'>): Unloaded {
  return {
    reason: 'permission',
    text: 'Node’s permission model keeps the hook from working: it may not be read, or may not write what it sees.',
    advice: `Allow both: --allow-fs-read=${dirname(facts.hook)}/* --allow-fs-write=${facts.spool}/*`,
  };
}

const usesPermissions = (flags: readonly string[]) =>
  flags.includes('--permission') || flags.includes('--experimental-permission');

/** Node's own flags: those before the program's file. */
function ownFlags(args: readonly string[]): string[] {
  const end = args.findIndex((a) => !a.startsWith('-') || a === '--');
  return args.slice(0, end < 0 ? undefined : end);
}

/** `22.1.0`; undefined if it does not say. */
export function nodeVersion(node: string, env: Record<string, string | undefined>): Promise<string | undefined> {
  const { NODE_OPTIONS: _options, NETTRACE_SPOOL: _spool, ...rest } = env;
  return new Promise((resolve) => {
    execFile(node, ['--version'], { env: rest, timeout: 5000 }, (error, stdout) => {
      resolve(error ? undefined : /^v(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1]);
    });
  });
}
