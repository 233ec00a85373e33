/** "Save Packets…": of a run, or of one request; with the secrets that decrypt them, or without. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../model/base/text';
import { partsOfRowId } from '../rows/rows';
import type { Run } from '../runs/run';
import type { Runs } from '../runs/runs';
import { folder, nameFor, offerFile } from './save';

export async function savePackets(runs: Runs, row: string | undefined): Promise<void> {
  const of = typeof row === 'string' ? partsOfRowId(row) : undefined;
  const run = of ? runs.list().find((r) => r.number === of.run) : await chooseRun(runs);
  if (!run) return;
  const request = of ? { request: of.request } : {};
  const missing = whyNot(run, request);
  if (missing !== undefined) {
    void vscode.window.showInformationMessage(`Net Trace: ${missing}`);
    return;
  }
  const keys = await askKeys();
  if (keys === undefined) return;
  const name = nameFor(run.title, run.store.header.beginTime, '.pcapng');
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(folder()), name),
    filters: { 'Packets for Wireshark': ['pcapng'] },
    title: of ? 'Save This Request’s Packets' : 'Save Packets',
  });
  if (!target) return;
  // Asked again: a run that goes on has more by now, one that was dropped has none.
  const packets = run.recorder.packetsToSave?.({ ...request, keys });
  if (!packets) return;
  const { writePackets } = await import('../work');
  try {
    await writePackets(packets, target.fsPath);
  } catch (error) {
    const why = messageOf(error);
    void vscode.window.showErrorMessage(`The packets were not saved: ${why}`);
    return;
  }
  const secrets = packets.keyLog === undefined ? '' : ' It contains TLS secrets: do not share it.';
  const count = `${packets.count} ${packets.count === 1 ? 'packet' : 'packets'}`;
  await offerFile(target, `Saved ${count} to ${basename(target.fsPath)}.${secrets}`);
}

async function chooseRun(runs: Runs): Promise<Run | undefined> {
  const list = runs.list();
  const able = list.filter((r) => whyNot(r, {}) === undefined);
  if (able.length < 2) {
    if (list.length === 0)
      void vscode.window.showInformationMessage('Net Trace: there is no run with packets to save.');
    return able[0] ?? list.at(-1);
  }
  const items = able.map((run) => ({ label: run.title, description: `run ${run.number}`, run })).reverse();
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Select a run to save its packets' }))?.run;
}

function whyNot(run: Run, request: { request?: string }): string | undefined {
  const packets = run.recorder.packetsToSave?.(request);
  if (packets && packets.count > 0) return undefined;
  if (packets)
    return request.request === undefined ? 'no packets were captured.' : 'no packet of this request was captured.';
  const source = run.store.header.sources.find((s) => s.name === 'capture');
  if (source?.state === 'unavailable')
    return `packets were asked for, but ${source.detail ?? 'could not be captured.'}`;
  return 'packet capture was off in this run. Turn on the setting netTrace.capture and run the program again.';
}

/** undefined: given up. */
async function askKeys(): Promise<boolean | undefined> {
  const chosen = await vscode.window.showQuickPick(
    [
      { label: 'Without TLS secrets', detail: 'TLS traffic stays encrypted in the file.', keys: false },
      {
        label: 'With TLS secrets',
        detail:
          'Wireshark can decrypt the file, and so can anyone who gets it: it contains passwords, tokens and bodies.',
        keys: true,
      },
    ],
    { placeHolder: 'Include the TLS keys, so that Wireshark can decrypt it?' },
  );
  return chosen?.keys;
}
