/** What a user does with trace rules: make, switch, delete, copy, look at what they traced. */
import * as vscode from 'vscode';
import type { TraceRule } from '../../model/records';
import type { TraceRules } from '../../model/traceRules';
import type { Panel } from '../panel/panel';
import type { Runs } from '../runs/runs';
import { copyText } from '../support/clipboard';
import { commands } from '../support/ids';
import { askForCondition, askForLimit } from './ask';
import { deleteOne, traceAll } from './inForce';
import { pause, record } from './pause';
import type { WorkspaceRules } from './registry';
import { shownRules } from './shown';
import { detailsOf, titleOf } from './words';

export interface RuleParts {
  rules: WorkspaceRules;
  runs: Runs;
  panel: Panel;
}

/** From the tree the item is given; from the palette it is asked for. */
type Handler = (item?: TraceRule) => Promise<unknown>;

/** From a row of the panel: what to begin with. */
export interface Asked {
  condition: string;
}

export function registerRuleCommands({ rules, runs, panel }: RuleParts): vscode.Disposable[] {
  const handlers: Record<string, Handler> = {
    [commands.createRule]: (asked?: Partial<Asked>) => create(asked?.condition),
    [commands.switchRules]: switchThem,
    [commands.deleteRule]: async (item) => {
      const registry = await rules.registry();
      const deletable = registry.list().filter((r) => !rules.isEverything(r));
      const chosen = await oneOf(item, 'Select a trace rule to delete', deletable);
      if (!chosen || !registry.get(chosen.id)) return;
      if (!deleteOne(registry, chosen.id)) return;
      void vscode.window.showInformationMessage(
        'Net Trace: no other trace rule was enabled, so all requests are traced again.',
      );
    },
    [commands.traceAll]: async () => {
      const { registry } = await shownRules(rules, runs);
      traceAll(registry);
    },
    [commands.pause]: async () => pause((await shownRules(rules, runs)).registry),
    [commands.record]: async () => record((await shownRules(rules, runs)).registry),
    [commands.copyRuleId]: async (item) => {
      const chosen = await oneOf(item, 'Select a trace rule to copy its id');
      if (chosen) await copyText(chosen.id);
    },
    [commands.copyRules]: async (item) => {
      const { registry } = await shownRules(rules, runs);
      const given = item && registry.get(item.id);
      await copyText(JSON.stringify(given ?? registry.list(), null, 2));
      if (!given) vscode.window.setStatusBarMessage('Net Trace: copied the trace rules as JSON.', 5000);
    },
    [commands.showRuleRows]: async (item) => {
      const chosen = await oneOf(item, 'Select a trace rule to show its requests');
      if (chosen) await panel.filter(`trace-rule:${chosen.id}`);
    },
  };
  return Object.entries(handlers).map(([id, handler]) => vscode.commands.registerCommand(id, handler));

  async function create(begin: unknown): Promise<void> {
    const title = 'New Trace Rule';
    const check = await rules.checks();
    const condition = await askForCondition(title, check, typeof begin === 'string' ? begin : '');
    if (condition === undefined) return;
    const limit = await askForLimit(title, check);
    if (limit === undefined) return;
    const registry = await rules.registry();
    const everything = registry.list().find((r) => rules.isEverything(r));
    const only = { label: '$(check) Enable it, and disable all others', how: 'only' as const };
    const beside = { label: '$(add) Enable it in addition to the others', how: 'beside' as const };
    const later = { label: '$(circle-slash) Create it without enabling it', how: 'later' as const };
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
    const { run } = await shownRules(rules, runs);
    if (run !== undefined)
      void vscode.window.showInformationMessage(
        `Net Trace: ${run} is traced as its launch configuration says; the new trace rule applies to other runs.`,
      );
  }

  async function switchThem(): Promise<void> {
    const { registry } = await shownRules(rules, runs);
    const items = registry.list().map((r) => ({ ...itemOf(r), picked: r.enabled === true }));
    const chosen = await vscode.window.showQuickPick(items, {
      canPickMany: true,
      title: 'Enabled Trace Rules',
      placeHolder: 'Select the trace rules to enable',
    });
    if (!chosen) return;
    switchTo(registry, new Set(chosen.map((c) => c.rule.id)));
  }

  async function oneOf(
    item: TraceRule | undefined,
    placeHolder: string,
    among?: readonly TraceRule[],
  ): Promise<TraceRule | undefined> {
    if (typeof item?.id === 'string') return item;
    const items = (among ?? (await shownRules(rules, runs)).registry.list()).map(itemOf);
    if (items.length === 0) {
      void vscode.window.showInformationMessage(
        'Net Trace: there are no trace rules yet. Create one with “New Trace Rule”.',
      );
      return undefined;
    }
    return (await vscode.window.showQuickPick(items, { placeHolder }))?.rule;
  }

  function itemOf(rule: TraceRule) {
    const run = runs
      .list()
      .at(-1)
      ?.store.header.traceRequests?.find((r) => r.id === rule.id);
    const state = rule.enabled ? 'enabled' : 'not enabled';
    return {
      label: titleOf(rule),
      description: [state, detailsOf(rule, run)].filter(Boolean).join(' · '),
      rule,
    };
  }
}

/** First on, then off: in between there is never nothing to trace, for which the program would be left alone. */
function switchTo(registry: TraceRules, enabled: ReadonlySet<string>): void {
  for (const id of enabled) registry.update(id, { enabled: true });
  for (const { id } of registry.list()) if (!enabled.has(id)) registry.update(id, { enabled: false });
}
