/** The settings, with their types. Read when needed, so that a change takes effect at the next use. */
import * as vscode from 'vscode';
import type { HelperUse } from '../session/kernel/sources';
import { captureOptions } from './debug/captureOptions';
import { kernelOptions } from './debug/kernelOptions';
import type { TraceOptions } from './debug/tracer';
import { settings } from './ids';

const read = <T>(id: string, otherwise: T): T => vscode.workspace.getConfiguration().get<T>(id, otherwise);

export const panelOpens = (): 'onStart' | 'onFirstRequest' | 'never' => read(settings.panelOpen, 'onStart');
export const breakpointsInDebugView = (): boolean => read(settings.breakpointsInDebugView, true);
export const runsToKeep = (): number => read(settings.runsKeep, 5);
export const requestsToKeep = (): number => read(settings.runsMaxRequests, 20_000);
export const recording = (): TraceOptions => ({
  headers: read(settings.headers, 'off'),
  callSites: read(settings.callSites, 'all'),
  bodies: read(settings.bodies, 0),
  sockets: read(settings.sockets, false),
  resolver: read(settings.dnsResolver, false),
  incoming: read(settings.incoming, false),
  stacks: read(settings.stacks, false),
  helper: read<HelperUse>(settings.helper, 'auto'),
  helperOptions: kernelOptions({
    enableConntrack: read<unknown>(settings.enableConntrack, false),
    kernelInterval: read<unknown>(settings.kernelInterval, undefined),
    kernelModulus: read<unknown>(settings.kernelModulus, undefined),
  }),
  ...captureOptions(read<unknown>(settings.capture, false)),
});
