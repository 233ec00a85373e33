/** `nettrace doctor`: tries, here and now, what tracing needs, and says what to do about what does not work. */
import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { messageOf } from '../../model/base/text';
import { producer } from '../../session/product';
import { executableOf } from '../../session/program/executable';
import { minNode, nodeVersion, whyNotLoaded } from '../../session/program/unloaded';
import { TraceSession } from '../../session/session';
import { leftovers } from '../../session/spool/leftovers';
import { isFull } from '../../session/spool/space';
import { styleFor } from '../terminal/say';
import { captureFinding } from './capture';
import { helperFindings } from './helper';

interface Finding {
  /** `warn` does not prevent tracing. */
  state: 'ok' | 'warn' | 'bad';
  text: string;
  advice?: string;
}

/** 0 if tracing works here, else 1. */
export async function doctor(options: { node: string; json?: boolean }): Promise<number> {
  const left = await leftFindings();
  const findings = [
    {
      state: 'ok',
      text: `nettrace ${producer.version} on Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    },
    await hookFinding(options.node),
    ...(await nodeFindings(options.node)),
    ...(await helperFindings(__dirname)),
    await captureFinding(__dirname),
    await codeFinding(),
    await folderFinding(),
    await spaceFinding(),
    ...left,
  ] satisfies Finding[];
  const works = !findings.some((f) => f.state === 'bad');
  if (options.json) {
    const document = { format: 'nettrace-doctor', version: '1.0', works, checks: findings };
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return works ? 0 : 1;
  }
  const style = styleFor(process.stdout);
  const marks = { ok: style.green('ok  '), warn: style.yellow('note'), bad: style.red('BAD ') };
  for (const { state, text, advice } of findings) {
    process.stdout.write(`${marks[state]}  ${text}\n${advice === undefined ? '' : `      ${advice}\n`}`);
  }
  return works ? 0 : 1;
}

/** Loads the hook in that Node for real, and waits for its first line. */
async function hookFinding(node: string): Promise<Finding> {
  let session: TraceSession;
  try {
    session = await TraceSession.create({ hookFile: join(__dirname, 'hook.cjs'), enabled: false });
  } catch (error) {
    return {
      state: 'bad',
      text: `no session can be made: ${messageOf(error)}`,
      advice: 'Set XDG_CACHE_HOME or TMPDIR to a folder that you own.',
    };
  }
  try {
    const env = { ...process.env, ...session.environment(process.env) };
    const args = ['-e', '0'];
    await new Promise((resolve) => execFile(node, args, { env, timeout: 10_000 }, resolve));
    await session.poll();
    if (session.hookSeen) return { state: 'ok', text: `the hook loads in ${node} and reports` };
    const why = await whyNotLoaded({ command: node, args, env, hook: session.hook, spool: session.spoolFolder });
    return { state: 'bad', text: `the hook does not load in ${node}: ${why.text}`, advice: why.advice };
  } finally {
    await session.dispose();
  }
}

/** Every Node on the PATH: the one that a script starts is often not the one that the shell shows. */
async function nodeFindings(asked: string): Promise<Finding[]> {
  const seen = new Map<string, string>();
  const first = await executableOf(asked, process.env);
  const folders = (process.env.PATH ?? '').split(delimiter).filter((f) => f !== '');
  for (const path of [
    first?.path,
    ...folders.map((f) => join(f, process.platform === 'win32' ? 'node.exe' : 'node')),
  ]) {
    const real = path === undefined ? undefined : await fs.realpath(path).catch(() => undefined);
    if (real !== undefined && !seen.has(real)) seen.set(real, path as string);
  }
  const findings: Finding[] = [];
  for (const path of seen.values()) {
    const version = await nodeVersion(path, process.env);
    if (version === undefined) findings.push({ state: 'warn', text: `${path} does not say its version` });
    else if (Number.parseInt(version, 10) < minNode) {
      findings.push({
        state: 'warn',
        text: `${path} is Node ${version}: too old to be traced`,
        advice: `Programs need Node ${minNode} or later.`,
      });
    } else findings.push({ state: 'ok', text: `${path} is Node ${version}` });
  }
  return findings.length > 0
    ? findings
    : [{ state: 'bad', text: 'no Node on the PATH', advice: `Install Node ${minNode} or later.` }];
}

async function codeFinding(): Promise<Finding> {
  for (const name of ['code', 'code-insiders', 'codium', 'code-server']) {
    const found = await executableOf(name, process.env);
    if (found) return { state: 'ok', text: `VS Code: ${found.path}` };
  }
  return {
    state: 'warn',
    text: 'VS Code is not on the PATH; the command line works without it',
    advice: 'The panel needs it, with the extension installed from its .vsix file.',
  };
}

async function spaceFinding(): Promise<Finding> {
  const folder = tmpdir();
  if (!(await isFull(folder)))
    return { state: 'ok', text: `${folder} has space for what is recorded while programs run` };
  return { state: 'bad', text: `${folder} is full`, advice: 'Free some space, or set TMPDIR to a folder with space.' };
}

/** Before a session is made, which deletes them. */
async function leftFindings(): Promise<Finding[]> {
  const found = await leftovers();
  return found.map(({ folder, secrets }) => ({
    state: 'warn',
    text: `a run that was killed left ${folder}${secrets.length > 0 ? ', with TLS secrets, which are deleted now' : ''}`,
    advice: 'nettrace show opens the folder. It is deleted a day after its last line.',
  }));
}

async function folderFinding(): Promise<Finding> {
  const folder = process.cwd();
  const probe = join(folder, `.nettrace-doctor-${process.pid}`);
  try {
    await fs.writeFile(probe, '', { flag: 'wx', mode: 0o600 });
    await fs.rm(probe);
    return { state: 'ok', text: `traces can be saved in ${folder}` };
  } catch (error) {
    return {
      state: 'warn',
      text: `nothing can be saved in ${folder}: ${messageOf(error)}`,
      advice: `Give -o a path elsewhere, not in ${dirname(probe)}.`,
    };
  }
}
