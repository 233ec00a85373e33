/** What `activate` gives to other extensions. The rest of it is loaded when one of them asks. */
import * as vscode from 'vscode';
import { messageOf } from '../../model/base/text';
import type { WorkspaceRules } from '../rules/registry';
import type { Runs } from '../runs/runs';
import type { Log } from '../support/log';
import type { NetTraceApi, NetTraceExports } from './types';

export function exportsOf(requests: WorkspaceRules, runs: Runs, log: Log): NetTraceExports {
  /** One an owner: each follows the registry for as long as the window lives. */
  const made = new Map<string, Promise<NetTraceApi>>();
  const make = async (owner: string): Promise<NetTraceApi> => {
    const { apiFor } = await import('../work');
    log.info(`the extension ${owner} uses the interface`);
    return apiFor(owner, await requests.registry(), runs, (error) =>
      log.error(`a listener of ${owner} failed: ${messageOf(error)}`),
    );
  };
  return Object.freeze({
    apiVersion: 1 as const,
    getApi: async (owner: string) => {
      const id = vscode.extensions.getExtension(String(owner))?.id;
      if (id === undefined) throw new Error(`Net Trace: no extension ${String(owner)} is installed; give your own id.`);
      const api = made.get(id) ?? make(id);
      made.set(id, api);
      return api;
    },
  });
}
