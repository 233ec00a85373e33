/**
 * Debug configurations. Ours are handed to the JavaScript debugger in the first phase of resolving (only there may the
 * type change); the hook goes in in the second, when variables are replaced, under that debugger's type.
 */
import * as vscode from 'vscode';
import { messageOf } from '../../model/base/text';
import { debugType } from '../support/ids';
import type { Log } from '../support/log';
import { withAddress } from './attach/configuration';
import { asksForTrace, nodeDebugType, traceMark } from './launch/marker';
import { currentFile, dynamicConfigurations } from './launch/suggestions';
import type { Tracer } from './tracer';

type Resolved = vscode.ProviderResult<vscode.DebugConfiguration>;

interface Settings {
  opensOnStart(): boolean;
  /** Every program that Node's debugger starts is traced. */
  tracesAll(): boolean;
  /** With what is asked for besides: while a test is debugged by our command. */
  configured(config: vscode.DebugConfiguration): vscode.DebugConfiguration;
}

export function registerProviders(tracer: Tracer, settings: Settings, log: Log): vscode.Disposable[] {
  const ours: vscode.DebugConfigurationProvider = {
    resolveDebugConfiguration: (_folder, config): Resolved => handOver(config),
  };
  const node: vscode.DebugConfigurationProvider = {
    resolveDebugConfigurationWithSubstitutedVariables: (_folder, config): Resolved => {
      if (!asksForTrace(config, settings.tracesAll())) return config;
      // The Debug Console would come to the front over the panel at the start; it is one click away.
      const console = settings.opensOnStart() ? { internalConsoleOptions: 'neverOpen' } : {};
      return prepared(tracer, { ...console, ...settings.configured(config) }, log);
    },
  };
  return [
    vscode.debug.registerDebugConfigurationProvider(debugType, ours),
    vscode.debug.registerDebugConfigurationProvider(
      debugType,
      { provideDebugConfigurations: (folder) => dynamicConfigurations(folder) },
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.debug.registerDebugConfigurationProvider(nodeDebugType, node),
  ];
}

/** Our configuration as one of the JavaScript debugger, marked. */
function handOver(config: vscode.DebugConfiguration): Resolved {
  // F5 without a launch.json: an empty configuration.
  const whole = config.type ? config : currentFile();
  if (!whole) {
    void vscode.window.showInformationMessage(
      'Net Trace: open the JavaScript or TypeScript file to run, then start again.',
    );
    return undefined;
  }
  if (whole.request === 'attach') return { ...withAddress(whole), type: nodeDebugType, [traceMark]: true };
  if (whole.request !== 'launch') {
    void vscode.window.showErrorMessage(
      'Net Trace launches a program, or attaches to one that runs: set "request" to "launch" or "attach".',
    );
    return undefined;
  }
  return { ...whole, type: nodeDebugType, [traceMark]: true };
}

async function prepared(
  tracer: Tracer,
  config: vscode.DebugConfiguration,
  log: Log,
): Promise<vscode.DebugConfiguration | undefined> {
  try {
    return await tracer.prepare(config);
  } catch (error) {
    log.error(`cannot prepare tracing: ${String(error)}`);
    const untraced = 'Run Without Tracing';
    const message = messageOf(error);
    const choice = await vscode.window.showErrorMessage(`Net Trace cannot trace this program: ${message}`, untraced);
    return choice === untraced ? config : undefined;
  }
}
