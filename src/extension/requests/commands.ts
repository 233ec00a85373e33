/** What a user does with trace requests: make, switch, delete, copy, look at what they traced. */
import * as vscode from 'vscode';
import type { TraceRequest } from '../../model/records';
import type { TraceRequests } from '../../model/traceRequests';
import type { Panel } from '../panel/panel';
import type { Runs } from '../runs/runs';
import { copyText } from '../support/clipboard';
import { commands } from '../support/ids';
import { askForCondition, askForLimit } from './ask';
import { deleteOne, traceAll } from './inForce';
import type { WorkspaceRequests } from './registry';
import { shownRequests } from './shown';
import { detailsOf, titleOf } from './words';

export interface RequestParts {
  requests: WorkspaceRequests;
  runs: Runs;
  panel: Panel;
}

/** From the tree the item is given; from the palette it is asked for. */
type Handler = (item?: TraceRequest) => Promise<unknown>;

export function registerRequestCommands({ requests, runs, panel }: RequestParts): vscode.Disposable[] {
  const handlers: Record<string, Handler> = {
    [commands.createRequest]: create,
    [commands.switchRequests]: switchThem,
    [commands.deleteRequest]: async (item) => {
      const registry = await requests.registry();
      const deletable = registry.list().filter((r) => !requests.isEverything(r));
      const chosen = await oneOf(item, 'Select a trace request to delete', deletable);
      if (!chosen || !registry.get(chosen.id)) return;
      if (!deleteOne(registry, chosen.id)) return;
      void vscode.window.showInformationMessage(
        'Net Trace: no other trace request was enabled, so all requests are traced again.',
      );
    },
    [commands.traceAll]: async () => {
      const { registry } = await shownRequests(requests, runs);
      traceAll(registry);
    },
    [commands.copyRequestId]: async (item) => {
      const chosen = await oneOf(item, 'Select a trace request to copy its id');
      if (chosen) await copyText(chosen.id);
    },
    [commands.copyRequests]: async (item) => {
      const { registry } = await shownRequests(requests, runs);
      const given = item && registry.get(item.id);
      await copyText(JSON.stringify(given ?? registry.list(), null, 2));
      if (!given)
        vscode.window.setStatusBarMessage('Net Trace: the trace requests are in the clipboard, as JSON.', 5000);
    },
    [commands.showRequestRows]: async (item) => {
      const chosen = await oneOf(item, 'Select a trace request to show its requests');
      if (chosen) await panel.filter(`trace-request:${chosen.id}`);
    },
  };
  return Object.entries(handlers).map(([id, handler]) => vscode.commands.registerCommand(id, handler));

  async function create(): Promise<void> {
    const title = 'New Trace Request';
    const rules = await requests.rules();
    const condition = await askForCondition(title, rules);
    if (condition === undefined) return;
    const limit = await askForLimit(title, rules);
    if (limit === undefined) return;
    const registry = await requests.registry();
    const everything = registry.list().find((r) => requests.isEverything(r));
    const only = { label: '$(check) Enable it, and nothing else', how: 'only' as const };
    const beside = { label: '$(add) Enable it beside the others', how: 'beside' as const };
    const later = { label: '$(circle-slash) Do not enable it yet', how: 'later' as const };
    const chosen = await vscode.window.showQuickPick([only, beside, later], {
      title,
      placeHolder: everything?.enabled ? 'All requests are traced now' : 'Select what to trace',
      ignoreFocusOut: true,
    });
    if (!chosen) return;
    const made = registry.create({ condition, ...limit });
    // What other extensions trace is theirs.
    const others = registry.list().filter((r) => r.enabled && r.owner !== undefined);
    if (chosen.how === 'only') switchTo(registry, new Set([made.id, ...others.map((r) => r.id)]));
    else if (chosen.how === 'beside') registry.update(made.id, { enabled: true });
    const { run } = await shownRequests(requests, runs);
    if (run !== undefined)
      void vscode.window.showInformationMessage(
        `Net Trace: ${run} is traced as its launch configuration says; the new trace request applies to other runs.`,
      );
  }

  async function switchThem(): Promise<void> {
    const { registry } = await shownRequests(requests, runs);
    const items = registry.list().map((r) => ({ ...itemOf(r), picked: r.enabled === true }));
    const chosen = await vscode.window.showQuickPick(items, {
      canPickMany: true,
      title: 'Enabled Trace Requests',
      placeHolder: 'Select the trace requests to enable',
    });
    if (!chosen) return;
    switchTo(registry, new Set(chosen.map((c) => c.request.id)));
  }

  async function oneOf(
    item: TraceRequest | undefined,
    placeHolder: string,
    among?: readonly TraceRequest[],
  ): Promise<TraceRequest | undefined> {
    if (typeof item?.id === 'string') return item;
    const items = (among ?? (await shownRequests(requests, runs)).registry.list()).map(itemOf);
    if (items.length === 0) {
      void vscode.window.showInformationMessage(
        'Net Trace: there is no such trace request yet. Create one with “New Trace Request”.',
      );
      return undefined;
    }
    return (await vscode.window.showQuickPick(items, { placeHolder }))?.request;
  }

  function itemOf(request: TraceRequest) {
    const run = runs
      .list()
      .at(-1)
      ?.store.header.traceRequests?.find((r) => r.id === request.id);
    const state = request.enabled ? 'enabled' : 'not enabled';
    return {
      label: titleOf(request),
      description: [state, detailsOf(request, run)].filter(Boolean).join(' · '),
      request,
    };
  }
}

/** First on, then off: in between there is never nothing to trace, for which the program would be left alone. */
function switchTo(registry: TraceRequests, enabled: ReadonlySet<string>): void {
  for (const id of enabled) registry.update(id, { enabled: true });
  for (const { id } of registry.list()) if (!enabled.has(id)) registry.update(id, { enabled: false });
}
