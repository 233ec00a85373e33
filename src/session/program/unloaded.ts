/**
 * Why a program that was started with the hook in its environment sent nothing at all, not even the line with which the
 * hook says that it is there. One answer for the command line and the editor: what happened, and what to do.
 */
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
  /** How it ended; absent: not known, or by a signal. */
  exitCode?: number;
}

export interface Unloaded {
  reason: 'oldNode' | 'otherRuntime' | 'permission' | 'brokenOptions' | 'ranNothing' | 'cleared';
  /** One sentence: what happened. */
  text: string;
  /** One sentence: what to do. */
  advice: string;
}

export const minNode = 18;

export async function whyNotLoaded(facts: LaunchFacts): Promise<Unloaded> {
  const { command, args, env } = facts;
  const options = splitNodeOptions(env.NODE_OPTIONS ?? '');
  if (options === undefined) {
    return {
      reason: 'brokenOptions',
      text: 'NODE_OPTIONS has an unclosed quote, so Node refuses to start and the hook could not be added.',
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
    if (version !== undefined && Number.parseInt(version, 10) < minNode) {
      return {
        reason: 'oldNode',
        text: `${command} is Node ${version}; the hook needs Node ${minNode} or later.`,
        advice: `Use Node ${minNode} or later (22 or later shows most).`,
      };
    }
    const flags = [...program.flags, ...ownFlags(args), ...options];
    const nothing = whyNothingRan(flags, facts.exitCode);
    if (nothing !== undefined) return nothing;
    if (flags.some(isPermission)) return permission(facts);
    return {
      reason: 'cleared',
      text: 'Node started without the hook: NODE_OPTIONS was cleared or replaced on the way to the program.',
      advice:
        'Look for what sets NODE_OPTIONS or becomes another user: a wrapper script, `env -i`, `sudo`, a container.',
    };
  }
  return {
    reason: 'cleared',
    text: `${command} started no Node program with the hook loaded.`,
    advice:
      'Check that it runs Node 18 or later, and that nothing on the way clears NODE_OPTIONS or becomes another user (`env -i`, `sudo`, a container).',
  };
}

const aboutNode = new Set(['-v', '--version', '-h', '--help', '--v8-options', '--completion-bash']);

/** `node --version`: runs no program, and loads no preload. */
export const asksAboutNode = (args: readonly string[]): boolean => ownFlags(args).some((f) => aboutNode.has(f));

/** Node itself ends without running anything: it was asked about itself, or did not understand its flags. */
function whyNothingRan(flags: readonly string[], exitCode: number | undefined): Unloaded | undefined {
  const about = flags.find((f) => aboutNode.has(f));
  if (about !== undefined) {
    const text = `node ${about} runs no program.`;
    return { reason: 'ranNothing', text, advice: 'Name the program to trace after it, without this option.' };
  }
  if (exitCode !== 9) return undefined;
  const text = 'Node rejected one of its options and ran nothing (exit code 9).';
  return { reason: 'ranNothing', text, advice: 'Its error message says which.' };
}

/**
 * True if preloading would keep the program from starting: the permission model refuses to read the preload. Node 22 and
 * later let the preload of a program that is a file be read by themselves, not that of `-e`, of a REPL or of stdin.
 */
export function preloadWouldFail(args: readonly string[], nodeOptions: string | undefined, hook: string): boolean {
  const flags = [...ownFlags(args), ...(splitNodeOptions(nodeOptions ?? '') ?? [])];
  if (!flags.some(isPermission) || mayRead(flags, hook)) return false;
  return flags.includes('--experimental-permission') || flags.some(isNoFile) || ownFlags(args).length === args.length;
}

export function permission({ hook, spool }: Pick<LaunchFacts, 'hook' | 'spool'>): Unloaded {
  // Both names change, with the version and with each run; the folders around them and the beginnings of the names do not.
  const read = `${dirname(dirname(hook))}/*`;
  const write = `${dirname(spool)}/nettrace-spool-*`;
  return {
    reason: 'permission',
    text: 'Node’s permission model keeps the hook from working: it may not be read, or may not write what it sees.',
    advice: `Allow both: --allow-fs-read=${read} --allow-fs-write=${write}`,
  };
}

const isPermission = (flag: string) => flag === '--permission' || flag === '--experimental-permission';
const isNoFile = (flag: string) => /^(?:-e|-p|-pe|-i|--eval|--print|--interactive|--test)(?:=|$)/.test(flag);

/** `--allow-fs-read=a,b` or in two words; a trailing star matches anything. */
function mayRead(flags: readonly string[], path: string): boolean {
  const name = '--allow-fs-read';
  const values = flags.flatMap((f, at) =>
    f === name ? (flags[at + 1] ?? '') : f.startsWith(`${name}=`) ? f.slice(16) : [],
  );
  return values
    .flatMap((v) => v.split(','))
    .some((v) => v === path || (v.endsWith('*') ? path.startsWith(v.slice(0, -1)) : path.startsWith(`${v}/`)));
}

/** Flags of Node whose value may be the next word. */
const withValue =
  /^(?:-e|-p|-pe|--eval|--print|-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--allow-fs-read|--allow-fs-write)$/;

/** Node's own flags with their values: those before the program's file. */
function ownFlags(args: readonly string[]): string[] {
  let end = 0;
  while (end < args.length && args[end]?.startsWith('-') && args[end] !== '--') {
    end += withValue.test(args[end] as string) ? 2 : 1;
  }
  return args.slice(0, end);
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
