/** The settings, with their types. Read when needed, so that a change takes effect at the next use. */
import * as vscode from 'vscode';
import { optionsOf, type TraceOptions } from './debug/tracer';
import { settings } from './support/ids';

const read = <T>(id: string, otherwise: T): T => vscode.workspace.getConfiguration().get<T>(id, otherwise);

/** VS Code only marks what does not fit its schema, and gives it out all the same. */
const wholeIn = (id: string, min: number, max: number, otherwise: number): number => {
  const value = read<unknown>(id, otherwise);
  return typeof value === 'number' && value >= min ? Math.min(Math.floor(value), max) : otherwise;
};

export const panelOpens = (): 'onStart' | 'onFirstRequest' | 'never' => read(settings.panelOpen, 'onStart');
export const breakpointsInDebugView = (): boolean => read(settings.breakpointsInDebugView, true);
export const runsToKeep = (): number => wholeIn(settings.runsKeep, 1, 50, 5);
export const requestsToKeep = (): number => wholeIn(settings.runsMaxRequests, 100, 1_000_000, 20_000);

/** Checked as a launch configuration is: what makes no sense is left out, and the default holds. */
export const recording = (): TraceOptions => ({
  helper: 'auto',
  ...optionsOf({
    netTrace: {
      headers: read<unknown>(settings.headers, 'off'),
      callSites: read<unknown>(settings.callSites, 'all'),
      bodies: read<unknown>(settings.bodies, 0),
      sockets: read<unknown>(settings.sockets, false),
      dnsResolver: read<unknown>(settings.dnsResolver, false),
      incoming: read<unknown>(settings.incoming, false),
      stacks: read<unknown>(settings.stacks, false),
      helper: read<unknown>(settings.helper, 'auto'),
      enableConntrack: read<unknown>(settings.enableConntrack, false),
      kernelInterval: read<unknown>(settings.kernelInterval, undefined),
      kernelModulus: read<unknown>(settings.kernelModulus, undefined),
      capture: read<unknown>(settings.capture, false),
    },
  }),
});
