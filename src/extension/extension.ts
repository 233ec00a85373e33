/** Net Trace in VS Code: `activate` makes the parts and ties them together; the parts do the work, when asked. */
import * as vscode from 'vscode';
import type { PageCommand, RecordingSetting, RowAction } from '../model/panel/pageMessage';
import type { SeekTo } from '../model/panel/protocol';
import type { Row } from '../model/rows/row';
import { deleteSecretsLeft } from '../session/spool/leftovers';
import { exportsOf } from './api/exports';
import type { NetTraceExports } from './api/types';
import { registerTools } from './assistants/tools';
import { Bodies } from './bodies/bodies';
import { NetworkBreakpoints } from './breakpoints';
import { BreakpointSigns } from './breakpoints/gutter';
import { BreakpointList } from './breakpoints/list';
import { signsOf } from './breakpoints/signs';
import { BreakpointsView } from './breakpoints/view';
import { registerBreakpointCommands } from './breakpoints/viewCommands';
import { registerCommands, siteOf } from './commands';
import { Comparisons } from './compare/compare';
import { RequestComparisons } from './compare/requests';
import { Attacher } from './debug/attach/attacher';
import { TestDebugging } from './debug/debugTest';
import { Diagnosis } from './debug/diagnosis';
import { Leaves } from './debug/leaves';
import { sessionOptions } from './debug/options';
import { registerProviders } from './debug/provider';
import { Tracer } from './debug/tracer';
import { registerTracker } from './debug/tracker';
import type { TraceView } from './details/view';
import { keepRuns } from './kept/keepRuns';
import { KeptRuns } from './kept/keptRuns';
import { KernelAccess } from './kernel/access';
import { codeFiles } from './notes/lenses';
import { LineHover } from './notes/lineHover';
import { Notes } from './notes/notes';
import { PageFocus } from './panel/focus';
import { Panel } from './panel/panel';
import { FindingActions } from './problems/actions';
import { Problems } from './problems/problems';
import { Replays } from './replay/replays';
import { ShownView } from './replay/shownView';
import { actOn } from './rowActions';
import { registerRuleCommands } from './rules/commands';
import { tracingOf } from './rules/inForce';
import { launchRules } from './rules/launch';
import { isPaused } from './rules/pause';
import { WorkspaceRules } from './rules/registry';
import { RulesView } from './rules/tree';
import { Notices, secretsDeleted } from './runs/notices';
import { maxEvictedBytes } from './runs/recorder';
import { Runs } from './runs/runs';
import { StatusBar } from './runs/statusBar';
import { ofSending } from './sending/send';
import { Sending } from './sending/sending';
import { Disposables } from './support/disposables';
import { commands, contextKeys } from './support/ids';
import { openSetting } from './support/openSetting';
import { showPlace } from './support/places';
import { breakpointsInDebugView, debugSessions, panelOpens, recording, runsToKeep } from './support/settings';
import { DroppedFiles } from './trace/dropped';
import { TraceEditors } from './trace/traceEditor';

/** What must be finished before the window closes. */
let closing: (() => Promise<unknown>) | undefined;

export function activate(context: vscode.ExtensionContext): NetTraceExports {
  const begin = performance.now();
  const disposables = new Disposables();
  context.subscriptions.push(disposables);
  const log = disposables.add(vscode.window.createOutputChannel('Net Trace', { log: true }));

  const notices = new Notices(log);
  void deleteSecretsLeft().then((files) => files > 0 && notices.add(secretsDeleted(files)));
  const runs = new Runs(runsToKeep);
  const kept =
    context.storageUri &&
    new KeptRuns(vscode.Uri.joinPath(context.storageUri, 'runs').fsPath, () => import('./work'), log);
  const restored = kept ? keepRuns(runs, kept, runsToKeep()).catch((error) => log.error(String(error))) : undefined;
  /** `former`: an earlier name, whose value is read until the new one has one. */
  const memory = (key: string, former = key) => ({
    get: () => context.workspaceState.get(key) ?? context.workspaceState.get(former),
    set: (value: unknown) => void context.workspaceState.update(key, value),
  });
  const focus = new PageFocus((kind) => void vscode.commands.executeCommand('setContext', contextKeys.focus, kind));
  const dropped = disposables.add(new DroppedFiles());
  const seeks = disposables.add(new vscode.EventEmitter<SeekTo>());
  /** View state (columns, filter, selection): the panel's and the opened files' apart. */
  const pageHost = (key: string) => ({
    log,
    state: memory(key),
    focused: focus.change.bind(focus),
    openCode: (place: NonNullable<Row['callSite']>, preview: boolean, noNewGroup?: boolean) =>
      void showPlace(place, preview, noNewGroup),
    run: (command: PageCommand) => void vscode.commands.executeCommand(commands[command]),
    openSetting: (name: RecordingSetting) => void openSetting(`netTrace.${name}`),
    savePackets: (id: string) => void vscode.commands.executeCommand(commands.savePackets, id),
    drop: dropped.open.bind(dropped),
    seek: (to: SeekTo) => seeks.fire(to),
    act: (action: RowAction, view: TraceView) =>
      void actOn(action, view, { bodies, sending, comparisons }).catch((error) => log.error(String(error))),
  });
  const bodies = disposables.add(new Bodies());
  const comparisons = disposables.add(new RequestComparisons(() => import('./work')));
  const shown = new ShownView(runs);
  const panel = disposables.add(
    new Panel(context.extensionUri, shown, { ...pageHost('netTrace.page'), ...(restored ? { restored } : {}) }),
  );
  const editors = disposables.add(new TraceEditors(context.extensionUri, pageHost('netTrace.filePage')));
  const breakpoints = new BreakpointList(memory('netTrace.breakpoints'));
  const notes = disposables.add(
    new Notes(context.extensionUri, (path) => new Set(signsOf(breakpoints.all(), path).map(({ line }) => line))),
  );
  disposables.add(breakpoints.onDidChange((what) => what === 'list' && notes.signsChanged()));
  disposables.add(vscode.languages.registerHoverProvider(codeFiles, new LineHover(notes)));
  disposables.add(new Comparisons(runs, context.storageUri));
  const { languageModelTools } = context.extension.packageJSON.contributes as {
    languageModelTools: { name: string }[];
  };
  const toolNames = languageModelTools.map(({ name }) => name);
  for (const tool of registerTools(runs, toolNames, () => import('./work'))) disposables.add(tool);
  disposables.add(new Problems(notes));
  const findingDocs = vscode.Uri.joinPath(context.extensionUri, 'docs', 'findings.md');
  disposables.add(
    vscode.languages.registerCodeActionsProvider(codeFiles, new FindingActions(findingDocs), FindingActions.kinds),
  );
  disposables.add(new StatusBar(runs));

  const say = (text: string) => {
    log.warn(text);
    // The panel says it too, for as long as the run is shown.
    if (!panel.visible) void vscode.window.showWarningMessage(`Net Trace: ${text}`);
  };
  const rules = new WorkspaceRules(
    memory('netTrace.rules', 'netTrace.requests'),
    () => import('./work'),
    (count) => log.warn(`${count} of the saved trace rules are invalid and were left out`),
  );
  runs.setTracing((run) => {
    const own = run?.state === 'running' ? run.recorder.control?.registry : undefined;
    const registry = own ?? rules.loaded;
    return registry && tracingOf(registry.list(), run?.store, isPaused(registry));
  });
  disposables.add(rules.onDidChange(() => runs.statusChanged()));
  rules.loadKept();
  disposables.add(new RulesView(rules, runs));
  for (const command of registerRuleCommands({ rules, runs, panel })) disposables.add(command);
  const used = noteUse(memory('netTrace.used'));
  disposables.add(rules.onDidChange(used));

  disposables.add(new BreakpointsView(breakpoints));
  disposables.add(new BreakpointSigns(breakpoints, context.extensionUri));
  for (const command of registerBreakpointCommands(breakpoints, (where) => siteOf(notes, where)))
    disposables.add(command);
  const replays = disposables.add(new Replays({ panel, shown, breakpoints, log }));
  disposables.add(seeks.event((to) => replays.seek(to)));
  const leaves = new Leaves(log);
  const tracer = new Tracer(runs, {
    create: async ({ values, problems, helperAtBegin = false, ...asked }) => {
      const { TraceSession, TraceRules, keepEvicted } = await import('./work');
      // Numbering continues from the restored runs.
      await restored;
      const set = recording();
      for (const text of [...set.problems, ...problems]) notices.add(text);
      const session = await TraceSession.create({
        ...sessionOptions(set.values, values),
        helperAtBegin,
        rules: launchRules(asked, TraceRules) ?? (await rules.registry()),
        hookFile: vscode.Uri.joinPath(context.extensionUri, 'dist', 'hook.cjs').fsPath,
      });
      const evicted = keepEvicted(session.store, session.spoolFolder, maxEvictedBytes);
      return Object.assign(session, { evicted });
    },
    failed: (error) => log.error(error instanceof Error ? error : String(error)),
  });
  const sending = disposables.add(
    new Sending({
      runs,
      panel,
      bodies,
      dist: vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath,
      create: async () => {
        const { TraceSession } = await import('./work');
        // Numbering continues from the restored runs.
        await restored;
        return TraceSession.create({
          ...ofSending(recording().values),
          hookFile: vscode.Uri.joinPath(context.extensionUri, 'dist', 'hook.cjs').fsPath,
        });
      },
    }),
  );
  const kernel = new KernelAccess({
    folder: vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath,
    changed: (abilities) => runs.setAbilities(abilities),
    renewed: () => tracer.renewSpares(),
    log,
  });
  for (const command of kernel.register()) disposables.add(command);
  const diagnosis = disposables.add(new Diagnosis(runs, (_run, text) => say(text)));

  const attacher = new Attacher({ tracer, runs, log, say });
  const tests = new TestDebugging(log);
  const debugging = {
    opensOnStart: () => panelOpens() === 'onStart',
    tracesAll: () => tests.isRunning || debugSessions() === 'all',
    configured: tests.configured.bind(tests),
  };
  for (const provider of registerProviders(tracer, debugging, log)) disposables.add(provider);
  // Before the tracker that notes the pauses: it says why the program stopped.
  const stops = disposables.add(
    new NetworkBreakpoints({
      list: breakpoints,
      runs,
      runOf: (session) => tracer.runOf(session),
      inDebugView: breakpointsInDebugView,
      log,
    }),
  );
  tracer.onDidBegin((run, session) => {
    log.info(`run ${run.number} begins: ${session.name}`);
    notices.began(run);
    run.recorder.control?.onDidWrite(() => void leaves.control(run));
    stops.began(run);
    notes.show(runs);
    used();
    kernel.pollSoon();
    if (!run.attached) diagnosis.began(run, session);
    if (panelOpens() === 'onStart') void panel.show({ focus: false });
    if (run.problem) say(run.problem.text);
  });
  disposables.add(
    registerTracker(
      tracer,
      {
        attached: (session) => {
          const run = tracer.runOf(session);
          if (!run) return;
          runs.debuggerAttached(run);
          if (!run.attached) diagnosis.attached(run, session);
        },
        pauses: (run) => runs.pauseHost(run),
        wrote: (run, message) => runs.wrote(run, message),
        leaves,
        attacher,
        stopped: (run) => diagnosis.stopped(run),
        ending: (session) => {
          tracer.stopping(session);
          const run = tracer.runOf(session);
          if (run && !run.attached) void diagnosis.check(run, session);
        },
      },
      log,
    ),
  );
  disposables.add(vscode.debug.onDidTerminateDebugSession((session) => tracer.ended(session)));
  disposables.add(runs.onDidChange(watchRuns(runs, panel)));
  disposables.add(editors.onDidActivate((view) => notes.show(view)));
  disposables.add(editors.onDidClose((view) => notes.shown === view && notes.show(runs)));
  for (const command of registerCommands({ runs, panel, editors, focus, notes, attacher, replays, tests, log }))
    disposables.add(command);

  closing = async () => {
    await tracer.dispose();
    await kept?.settled();
    await runs.dispose();
  };
  log.info(`active after ${(performance.now() - begin).toFixed(1)} ms`);
  return exportsOf(rules, runs, log);
}

/** From the first use on the views of control are shown, in this workspace. */
function noteUse(memory: { get(): unknown; set(value: unknown): void }): () => void {
  const show = () => void vscode.commands.executeCommand('setContext', contextKeys.used, true);
  if (memory.get() === true) show();
  return () => {
    if (memory.get() === true) return;
    memory.set(true);
    show();
  };
}

export async function deactivate(): Promise<void> {
  await closing?.();
  closing = undefined;
}

/** Keeps the context keys, and opens the panel at a run's first request when the user wants it so. */
function watchRuns(runs: Runs, panel: Panel): () => void {
  let opened = 0;
  const shown = new Map<string, boolean>();
  const setKey = (key: string, value: boolean) => {
    if ((shown.get(key) ?? false) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  return () => {
    const list = runs.list();
    setKey(contextKeys.hasRuns, !runs.isEmpty);
    setKey(contextKeys.paused, runs.tracing?.paused === true);
    setKey(contextKeys.cleared, runs.clearedRows > 0);
    const newest = list.at(-1);
    if (newest && newest.number > opened && newest.rows.size > 0) {
      opened = newest.number;
      if (panelOpens() === 'onFirstRequest') void panel.show({ focus: false });
    }
  };
}
