/** Copies requests of a shown trace as commands, as code, or as entries of a HAR file. */
import * as vscode from 'vscode';
import { plural } from '../../model/base/text';
import type { CopyForm } from '../../model/panel/copyForms';
import type { TraceView } from '../details/view';
import { copyText } from '../support/clipboard';
import { asCurl, asCurlCmd } from './curl';
import { asFetch, asNodeHttp, asPowerShell } from './script';
import type { Recorded, sentOf } from './sent';

type Called = Parameters<typeof sentOf>[0];
type Form = Exclude<CopyForm, 'har'>;

const texts: Readonly<Record<Form, (row: Called, recorded?: Recorded) => string>> = {
  curl: asCurl,
  curlCmd: asCurlCmd,
  powerShell: asPowerShell,
  fetch: asFetch,
  nodeHttp: asNodeHttp,
};

const names: Readonly<Record<CopyForm, string>> = {
  curl: 'a curl command',
  curlCmd: 'a curl command of cmd.exe',
  powerShell: 'a PowerShell command',
  fetch: 'a call of fetch',
  nodeHttp: 'a call of Node’s http',
  har: 'a HAR entry',
};

/** What is missing or masked is said in comments of the copy. */
export async function copyRows(view: TraceView, form: CopyForm, ids: readonly string[]): Promise<void> {
  const text = form === 'har' ? await harEntries(view, ids) : commands(view, texts[form], ids);
  if (text === undefined) return;
  await copyText(text);
  const what = ids.length === 1 ? `the request as ${names[form]}` : plural(ids.length, 'request');
  vscode.window.setStatusBarMessage(`Net Trace: copied ${what}.`, 5000);
}

function commands(view: TraceView, as: (typeof texts)[Form], ids: readonly string[]): string | undefined {
  const made = ids.flatMap((id) => {
    const row = view.row(id);
    const request = view.located(id);
    const headerLevel = request?.store.header.settings?.headerLevel;
    return row && request ? [as(row, { request: request.request, ...(headerLevel ? { headerLevel } : {}) })] : [];
  });
  return made.length === 0 ? undefined : made.join('\n\n');
}

/** One entry, or a list of them as in a file's `entries`. */
async function harEntries(view: TraceView, ids: readonly string[]): Promise<string | undefined> {
  const { harEntry } = await import('../work');
  const entries = ids.flatMap((id) => {
    const at = view.located(id);
    return at ? [harEntry(at.request, at.store, at.now)] : [];
  });
  return entries.length === 0 ? undefined : JSON.stringify(entries.length === 1 ? entries[0] : entries, null, 2);
}
