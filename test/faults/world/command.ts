/** One command run to its end, with all that it wrote. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface Ended {
  readonly pid: number;
  readonly stdout: string;
  /** Without our own lines. */
  readonly stderr: string;
  /** Lines of stderr that begin with `nettrace: `. */
  readonly own: readonly string[];
  /** As a shell has it: 128 + number where a signal ended it. */
  readonly code: number;
  readonly ms: number;
}

export interface Command {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called with the process of the first word. */
  readonly started?: (child: ChildProcess) => void;
  /** Then it is killed, which shows as its code; default: five minutes. */
  readonly timeoutMs?: number;
}

export function ended({ words, cwd, env, started, timeoutMs = 300_000 }: Command): Promise<Ended> {
  const [file = '', ...args] = words;
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    let stdout = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all += text;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const lines = all.split('\n');
      resolve({
        pid: child.pid ?? 0,
        stdout,
        stderr: lines.filter((line) => !line.startsWith('nettrace: ')).join('\n'),
        own: lines.filter((line) => line.startsWith('nettrace: ')),
        code: signal === null ? (status ?? -1) : 128 + constants.signals[signal],
        ms: performance.now() - begin,
      });
    });
    started?.(child);
  });
}
