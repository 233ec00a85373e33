import type * as vscode from 'vscode';

/** Log for diagnosis: VS Code's output channel "Net Trace". It never contains a URL or header. */
export type Log = Pick<vscode.LogOutputChannel, 'info' | 'debug' | 'warn' | 'error'>;
