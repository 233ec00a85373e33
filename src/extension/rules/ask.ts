/** Asks the user for a condition and a limit, checked while they are typed by the rules that will hold for them. */
import * as vscode from 'vscode';
import type { NewTraceRule } from '../../model/traceRules';

/** What is wrong with what is asked for; undefined: nothing. */
export type Check = (asked: NewTraceRule) => string | undefined;

/** Undefined: given up. */
export async function askForCondition(title: string, check: Check, value = ''): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title,
    value,
    prompt: 'As in the panel’s filter. Empty: every request.',
    placeHolder: 'status:>=500 path:/api/*',
    ignoreFocusOut: true,
    validateInput: (condition) => check({ condition }),
  });
}

/** Absent in what it gives: no limit. Undefined: given up. */
export async function askForLimit(title: string, check: Check): Promise<{ limit?: number } | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: 'Stop after this many requests per process (empty: no limit)',
    placeHolder: 'no limit',
    ignoreFocusOut: true,
    validateInput: (typed) => check({ condition: '', ...limitOf(typed) }),
  });
  return text === undefined ? undefined : limitOf(text);
}

const limitOf = (text: string): { limit?: number } => (text.trim() === '' ? {} : { limit: Number(text) });
