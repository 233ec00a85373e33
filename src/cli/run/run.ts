/**
 * `nettrace run`: starts the program with the hook in its environment, stays out of its way, and prints a summary at its end.
 */

import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import spawn from 'cross-spawn';
import { withFindings } from '../../analysis/document';
import { isLossless, isOpenable, isPacketFile, keepEvicted, type Spill } from '../../formats';
import { messageOf, numberText } from '../../model/base/text';
import { maskArguments } from '../../model/secrets/arguments';
import { sessionOptionsOf } from '../../session/options';
import { executableOf, isNode } from '../../session/program/executable';
import { setsOwnOptions } from '../../session/program/shim';
import { ProcessWatch } from '../../session/program/unhooked';
import { permission, preloadWouldFail, whyNotLoaded } from '../../session/program/unloaded';
import { TraceSession } from '../../session/session';
import { isFull } from '../../session/spool/space';
import { type SinkReport, sinksOf } from '../sinks/start';
import { summaryLines, summaryObject } from '../summary/summary';
import { untracedLine } from '../summary/untracedLine';
import { complain, say, styleFor, UsageError, widthOf } from '../terminal/say';
import { rulesOf } from './asked';
import type { Checker } from './checked';
import { liveOf, rowLimit } from './live/live';
import { noProgram } from './noProgram';
import { onDiskOf } from './onDisk';
import type { RunOptions } from './options';
import { type Delivery, endSoon, reportDelivery, sendingOf } from './otlp';
import { proveOutputs, saveAll } from './outputs';
import { stepBack, stepForward, survive } from './ownProcess';
import { captureNote, checkPacketOptions, savePackets } from './packets';
import { Progress } from './progress';
import { reportFull, reportLeft, reportSaved, reportSinks } from './reports';
import { exitCodeOf, forwardSignals } from './signals';
import { isTraced, untracedOf } from './untraced';

/** Requests listed in the summary; the file has all. */
const maxLines = 50;

/** Runs the command; resolves to the exit code. Throws UsageError if it was not started. */
export async function run(command: readonly string[], options: RunOptions): Promise<number> {
  const [program, ...args] = command as [string, ...string[]];
  if (options.interval !== undefined && !options.table) throw new UsageError('--interval needs --table.');
  if (options.bodyTypes !== undefined && !options.bodies) throw new UsageError('--body-types needs --bodies BYTES.');
  checkPacketOptions(options);
  if (options.enableConntrack && (options.helper === 'none' || options.helper === 'basic'))
    throw new UsageError('--enable-conntrack needs --helper auto or all.');
  const outputs = await proveOutputs(options.output);
  const checker = options.check === undefined ? undefined : await checkerFor(options.check, options);
  const sendFrom = await sendingOf(options);
  if ((await executableOf(program, process.env)) === undefined) throw new UsageError(noProgram(program));
  const sinksFrom = await sinksOf(options);
  const session = await createSession(command, options);
  let spill: Spill | undefined;
  try {
    if (outputs.some(isLossless)) spill = keepEvicted(session.store, session.spoolFolder);
    const sinks = sinksFrom?.(session);
    const { child, environment } = await start(program, args, session, options);
    const stopForwarding = forwardSignals(child, {
      first: () => complain('the trace is being saved. A second signal ends nettrace without saving.'),
      giveUp: () => session.deleteNow(),
    });
    // Packets that are not read in time are lost; lines wait.
    if (!options.capture) stepBack();
    survive();
    const live = liveOf(session, options, sinks);
    const sending = sendFrom?.(session);
    const watch = new ProcessWatch(child.pid ?? 0, (pid) => isTraced(session, pid));
    const ended = await endOf(child);
    stepForward();
    const progress = new Progress(options.quiet || options.json ? undefined : process.stderr);
    // Lines and tables go on until all is read: they say as much.
    if (!options.log && !options.table)
      progress.step(
        () => `reading what the program wrote: ${numberText(session.store.counts.requests)} requests so far`,
      );
    // From here on nothing but broken rules may change the program's exit code.
    try {
      if (child.pid !== undefined) session.processEnded(child.pid, endFacts(ended));
      const full = await isFull(session.spoolFolder); // before the spool is read, and so deleted
      await session.finish('ended');
      endLive(live);
      const sinkReports = await sinks?.finish();
      if (sending) progress.step('sending the rest of the spans');
      const delivery = await sending?.finish();
      progress.step('analysing the trace');
      await report(session, ended, {
        checker,
        spill,
        watch,
        outputs,
        options,
        progress,
        delivery,
        sinkReports,
        launch: { command: program, args, env: environment },
      });
      if (full) reportFull(session);
    } catch (error) {
      progress.end();
      complain(`the trace could not be finished: ${messageOf(error)}`);
    }
    stopForwarding();
    const code = exitCodeOf(ended.code, ended.signal);
    return checker === undefined ? code : checker.exitCode(code);
  } finally {
    await session.dispose().catch(() => {});
    if (sendFrom) endSoon();
  }
}

/** Loaded only when it is asked for: it brings a parser of YAML. */
const checkerFor = async (file: string, options: RunOptions): Promise<Checker> =>
  (await import('./checked')).Checker.for(file, options);

async function createSession(command: readonly string[], options: RunOptions): Promise<TraceSession> {
  const rules = rulesOf(options);
  try {
    return await TraceSession.create({
      hookFile: join(__dirname, 'hook.cjs'),
      ...sessionOptionsOf(options),
      ...(options.tlsKeyLog === undefined ? {} : { keyLog: resolve(options.tlsKeyLog) }),
      // After the packets were saved, which may need them.
      ...(options.deleteTlsKeys ? { deleteKeys: 'dispose' as const } : {}),
      description: options.description ?? maskArguments(command, options.maskedParameters).join(' '),
      rules,
      helper: options.enabled === false ? 'none' : (options.helper ?? 'auto'),
      // Else nobody watches live; but the kernel is asked when a line is read, and the sooner the closer to the request.
      gatherMs: options.log || options.logFile !== undefined || options.helper !== 'none' ? 20 : 150,
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The hook and the events have no room; the system does not say where.
    const noRoom = code === 'ENOSPC' || code === 'EDQUOT';
    throw new UsageError(noRoom ? `${messageOf(error)}. The temporary folder is ${tmpdir()}.` : messageOf(error));
  }
}

interface Started {
  child: ChildProcess;
  environment: Record<string, string | undefined>;
}

/** The program's streams are ours, handed over: nothing passes through this process. */
async function start(program: string, args: string[], session: TraceSession, options: RunOptions): Promise<Started> {
  const environment = { ...process.env };
  if (preloadWouldFail(args, process.env.NODE_OPTIONS, session.hook)) {
    const { text, advice } = permission({ hook: session.hook, spool: session.spoolFolder });
    complain(`${text} The program runs untraced. ${advice}`);
  } else {
    Object.assign(environment, session.environment(process.env));
    if (session.shim !== undefined && (await setsOwnOptions(program, args, process.env)))
      environment.PATH = `${session.shim}:${process.env.PATH ?? ''}`;
  }
  for (const notice of session.notices) complain(notice);
  session.begin();
  await session.startCapture();
  const note = captureNote(options);
  if (note !== undefined) complain(note);
  if (session.packets?.unavailable !== undefined) complain(`no packets: ${session.packets.unavailable}`);
  // On Windows npx and the like are batch files, which only its command interpreter starts.
  const child = spawn(program, args, { stdio: 'inherit', env: environment });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new UsageError(`${program} could not be started: ${error.message}`)));
  });
  return { child, environment };
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

function endOf(child: ChildProcess): Promise<Ended> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  }
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

interface Facts {
  outputs: string[];
  checker: Checker | undefined;
  /** Absent: no file could hold what was let go. */
  spill: Spill | undefined;
  options: RunOptions;
  progress: Progress;
  watch: ProcessWatch;
  /** Absent: nothing was to be sent. */
  delivery: Delivery | undefined;
  sinkReports: SinkReport[] | undefined;
  launch: { command: string; args: string[]; env: Record<string, string | undefined> };
}

const endFacts = ({ code, signal }: Ended): { exitCode?: number; signal?: string } => ({
  ...(code !== null ? { exitCode: code } : {}),
  ...(signal !== null ? { signal } : {}),
});

/** A fault in what is shown must not keep the trace from being saved. */
function endLive(live: { end(): void }): void {
  try {
    live.end();
  } catch (error) {
    complain(`the last lines could not be shown: ${messageOf(error)}`);
  }
}

async function report(session: TraceSession, end: Ended, facts: Facts): Promise<void> {
  const { checker, options, outputs, launch, progress, spill } = facts;
  const ended = endFacts(end);
  const untraced = untracedOf(session, facts.watch.end());
  const document = withFindings(session.document(), session.store);
  // What the analysis found is found once: the summary says the same.
  session.store.setHeader({ findings: document.findings ?? [] });
  checker?.check({ store: session.store, findings: document.findings ?? [] });
  const saved = await saveAll(
    document,
    outputs.filter((path) => !isPacketFile(path)),
    spill,
    (path) => progress.step(`saving ${path}`),
  );
  progress.end();
  const onDisk = spill && onDiskOf(document, spill, saved);
  // In a file: not lost.
  if (onDisk) session.store.losses = onDisk.whole.losses;
  const packets = await savePackets(session, outputs.filter(isPacketFile), options);
  saved.files.push(...packets.files);
  const hooked = session.hookSeen || launch.env.NETTRACE_SPOOL !== session.spoolFolder;
  const unloaded = hooked
    ? undefined
    : await whyNotLoaded({ ...launch, ...ended, hook: session.hook, spool: session.spoolFolder });
  const isShort = options.quiet === true || options.json === true;
  if (facts.delivery) reportDelivery(facts.delivery, isShort);
  reportSinks(facts.sinkReports ?? [], isShort);
  if (options.json) {
    const missing = untraced.length > 0 ? { untracedProcesses: untraced } : {};
    const summary = summaryObject(onDisk?.whole ?? document, session.store, ended, saved);
    const check = checker ? { check: checker.object() } : {};
    const self = session.gauge.figures();
    say(
      JSON.stringify({
        ...summary,
        self,
        otlp: facts.delivery,
        sinks: facts.sinkReports,
        unloaded,
        ...missing,
        ...check,
      }),
    );
  } else {
    if (unloaded) complain(`nothing was recorded. ${unloaded.text} ${unloaded.advice}`);
    else if (!options.quiet) for (const line of summaryOf(session, facts)) say(line);
    if (onDisk && !options.quiet) for (const line of onDisk.lines) complain(line);
    if (!options.quiet || session.store.counts.requests === 0) for (const u of untraced) complain(untracedLine(u));
  }
  reportSaved(saved, options);
  if (!options.quiet && !options.json) reportLeft(session);
  if (checker && !options.json) for (const line of checker.lines(options.quiet === true)) say(line);
}

function summaryOf(session: TraceSession, { options, launch, outputs }: Facts): string[] {
  const style = styleFor(process.stderr);
  const { counts } = session.store;
  if (options.enabled === false && counts.requests === 0 && !counts.untraced)
    return [`${style.bold('nettrace:')} nothing was traced: --no-trace, and no trace rule was enabled during the run`];
  const saved = outputs.find(isOpenable);
  const lines = summaryLines(session.store, session.now(), {
    style,
    width: widthOf(process.stderr),
    max: rowLimit(options) ?? maxLines,
    sort: options.sort,
    seeAll: saved === undefined ? '--rows all lists them' : `nettrace show ${saved} lists them`,
    seeFindings: saved === undefined ? '--json lists them' : `nettrace show ${saved} --json lists them`,
  });
  const named = session.hookSeen && !isNode(basename(launch.command).replace(/\.exe$/i, ''));
  if (counts.requests === 0 && !counts.untraced && named && untracedOf(session, []).length === 0) lines.push(elsewhere);
  return [`${style.bold('nettrace:')} ${lines[0]}`, ...lines.slice(1)];
}

/** Where a wrapper was started, the program itself may be a process that nobody saw. */
const elsewhere =
  'If the program is another process, it did not load the hook: look for what replaces or clears NODE_OPTIONS on the way to it (a script, cross-env, dotenv, env -i, sudo, a container).';
