import type * as vscode from 'vscode';

/** What happened, for whoever looks for a fault: VS Code's output channel "Net Trace". No URL or header ever goes in. */
export type Log = Pick<vscode.LogOutputChannel, 'info' | 'debug' | 'warn' | 'error'>;
