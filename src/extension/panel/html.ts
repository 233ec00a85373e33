/** The page: built once, the same for panel, tab and trace editor. Nothing remote, scripts by nonce alone. */
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type * as vscode from 'vscode';
import { loadAgain } from './loadAgain';

const built = (extension: vscode.Uri, ...path: string[]): vscode.Uri =>
  extension.with({ path: posix.join(extension.path, 'dist', ...path) });

export const pageOptions = (extension: vscode.Uri): vscode.WebviewOptions => ({
  enableScripts: true,
  localResourceRoots: [built(extension)],
});

export function pageHtml(webview: vscode.Webview, extension: vscode.Uri): string {
  const at = (...path: string[]) => webview.asWebviewUri(built(extension, ...path)).toString();
  const nonce = randomBytes(16).toString('base64url');
  const source = webview.cspSource;
  const policy = [
    "default-src 'none'",
    `style-src ${source}`,
    `font-src ${source}`,
    `img-src ${source} data:`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<script nonce="${nonce}">${loadAgain}</script>
<link rel="stylesheet" href="${at('codicons', 'codicon.css')}">
<link rel="stylesheet" href="${at('webview.css')}">
<title>Net Trace</title>
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${at('webview.js')}"></script>
</body>
</html>`;
}

/** Shown in a trace editor instead of the page when the file cannot be read. */
export function errorHtml(message: string): string {
  const text = message.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>Net Trace</title></head>
<body style="padding: 16px">
<h3>This trace cannot be shown</h3>
<p>${text}</p>
<p>The command <b>Net Trace: Open Trace as Text</b> (in this editor's title) shows the file as it is.</p>
</body>
</html>`;
}
