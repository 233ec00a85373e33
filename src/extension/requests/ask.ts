/** Asks the user for a condition and a limit, checked while they are typed. */
import * as vscode from 'vscode';
import { parseQuery } from '../../model/query';

/** What is wrong with a condition, by the language's own parser; undefined: nothing. */
export function conditionProblem(text: string): string | undefined {
  const { error } = parseQuery(text);
  return error && sentence(error.message);
}

/** Undefined: nothing. Empty text: no limit. */
export function limitProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const n = Number(text);
  return Number.isSafeInteger(n) && n >= 1 && n <= 1e9 ? undefined : 'A whole number from 1, or nothing for no limit.';
}

/** Undefined: given up. */
export async function askForCondition(title: string, value = ''): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title,
    value,
    prompt: 'As in the panel’s filter. Empty: every request.',
    placeHolder: 'status:>=500 path:/api/*',
    ignoreFocusOut: true,
    validateInput: conditionProblem,
  });
}

/** `none`: no limit; undefined: given up. */
export async function askForLimit(title: string): Promise<number | 'none' | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: 'Most requests traced in each process. Empty: no limit.',
    placeHolder: 'no limit',
    ignoreFocusOut: true,
    validateInput: limitProblem,
  });
  if (text === undefined) return undefined;
  return text.trim() === '' ? 'none' : Number(text);
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
