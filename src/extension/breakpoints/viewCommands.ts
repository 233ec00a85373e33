/** Adding, changing and removing network breakpoints by hand; what is typed is checked while it is typed. */
import * as vscode from 'vscode';
import { breakpointKinds, listName, type NetworkBreakpoint, titleOf } from '../../model/lines/breakpoints';
import { commands } from '../support/ids';
import type { BreakpointChange, BreakpointList, ListedBreakpoint } from './list';
import { problemOf } from './list';
import { detailsOf, fieldsOf, fieldWords, typedValue } from './viewWords';

type Field = keyof BreakpointChange;

/** `siteOf`: a line, from a link, the line number's menu or the cursor; undefined: there is no editor. */
export function registerBreakpointCommands(
  list: BreakpointList,
  siteOf: (where: unknown) => NetworkBreakpoint['callSite'] | undefined,
): vscode.Disposable[] {
  const handlers: Record<string, (...args: never[]) => unknown> = {
    [commands.addBreakpoint]: add,
    [commands.editBreakpoint]: edit,
    [commands.removeBreakpoint]: async (item?: ListedBreakpoint) => {
      const chosen = await oneOf(item, 'Select a network breakpoint to remove', (b) => b.id !== b.kind);
      if (chosen && list.get(chosen.id)) list.remove(chosen.id);
    },
    [commands.disableBreakpoints]: () => list.disableAll(),
    [commands.breakWhenFails]: (where?: unknown) => whenFails(where),
  };
  return Object.entries(handlers).map(([id, handler]) => vscode.commands.registerCommand(id, handler));

  async function add(): Promise<void> {
    const kinds = breakpointKinds.map((kind) => ({ label: capital(titleOf({ kind })), breakpoint: kind }));
    const chosen = await vscode.window.showQuickPick(kinds, {
      title: 'Add Network Breakpoint',
      placeHolder: 'Select when the program stops',
    });
    if (!chosen) return;
    const made: Omit<NetworkBreakpoint, 'id'> = { kind: chosen.breakpoint };
    const asked: Field[] = chosen.breakpoint === 'slowerThan' ? ['thresholdMs', 'condition'] : ['condition'];
    for (const field of asked) {
      const value = await ask(made, field);
      if (value === undefined) return;
      Object.assign(made, value);
    }
    list.add(withoutAbsent(made));
  }

  async function edit(item?: ListedBreakpoint): Promise<void> {
    const chosen = await oneOf(item, 'Select a network breakpoint to edit');
    const b = chosen && list.get(chosen.id);
    if (!b) return;
    const fields = fieldsOf(b).map((field) => {
      const value = b[field];
      return { label: fieldWords[field].label, ...(value === undefined ? {} : { description: String(value) }), field };
    });
    const what = await vscode.window.showQuickPick(fields, {
      title: capital(listName(b)),
      placeHolder: 'Select what to change',
    });
    const change = what && (await ask(b, what.field));
    if (change && list.get(b.id)) list.change(b.id, change);
  }

  function whenFails(where: unknown): void {
    const site = siteOf(where);
    if (!site) return;
    list.breakWhenFails(site);
    const place = `${site.file.replace(/^.*[\\/]/, '')}:${site.line}`;
    vscode.window.setStatusBarMessage(`Net Trace: the program stops when a call at ${place} fails.`, 5000);
  }

  async function oneOf(
    item: ListedBreakpoint | undefined,
    placeHolder: string,
    fits: (b: ListedBreakpoint) => boolean = () => true,
  ): Promise<ListedBreakpoint | undefined> {
    if (typeof item?.id === 'string') return item;
    const items = list
      .all()
      .filter(fits)
      .map((b) => ({ label: capital(listName(b)), description: detailsOf(b, list.hitsOf(b.id)), breakpoint: b }));
    if (items.length === 0) {
      void vscode.window.showInformationMessage(
        'Net Trace: no network breakpoint can be removed; disable the others with their check boxes.',
      );
      return undefined;
    }
    return (await vscode.window.showQuickPick(items, { placeHolder }))?.breakpoint;
  }
}

/** The field's new value (undefined in it: none); undefined: given up. */
async function ask(b: Omit<NetworkBreakpoint, 'id'>, field: Field): Promise<BreakpointChange | undefined> {
  const { label, prompt, placeHolder } = fieldWords[field];
  const before = b[field];
  const text = await vscode.window.showInputBox({
    title: `${capital(titleOf(b))}: ${label}`,
    value: before === undefined ? '' : String(before),
    prompt,
    placeHolder,
    ignoreFocusOut: true,
    validateInput: (typed) => problemOf(withoutAbsent({ ...b, id: 'new', [field]: typedValue(field, typed) }))?.message,
  });
  return text === undefined ? undefined : { [field]: typedValue(field, text) };
}

const withoutAbsent = <T extends object>(b: T): T =>
  Object.fromEntries(Object.entries(b).filter(([, value]) => value !== undefined)) as T;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
