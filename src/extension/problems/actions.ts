/** What can be done about a finding in the Problems view: see its requests, read what it means, make a safe edit. */
import * as vscode from 'vscode';
import { commands } from '../support/ids';
import { fixesOf } from './fixes';
import { FindingDiagnostic } from './problems';

export class FindingActions implements vscode.CodeActionProvider {
  static readonly kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };

  /** `docs`: the page of findings. */
  constructor(readonly docs: vscode.Uri) {}

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return diagnostics
      .filter((diagnostic) => diagnostic instanceof FindingDiagnostic)
      .flatMap((diagnostic) => [...this.#edits(document, diagnostic), ...this.#ways(diagnostic)]);
  }

  #edits(document: vscode.TextDocument, diagnostic: FindingDiagnostic): vscode.CodeAction[] {
    const { finding, range } = diagnostic;
    return fixesOf(finding.rule, document.getText(), range.start.line).map(({ title, from, to, text }) => {
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [diagnostic];
      action.edit = new vscode.WorkspaceEdit();
      const replaced = new vscode.Range(document.positionAt(from), document.positionAt(to));
      action.edit.replace(document.uri, replaced, text);
      return action;
    });
  }

  #ways(diagnostic: FindingDiagnostic): vscode.CodeAction[] {
    const action = (title: string, command: string, argument: unknown): vscode.CodeAction => {
      const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      made.diagnostics = [diagnostic];
      made.command = { title, command, arguments: [argument] };
      return made;
    };
    return [
      action(`Show in Net Trace: ${diagnostic.finding.title}`, commands.showRow, diagnostic.row),
      action(`What ${diagnostic.finding.rule} means`, 'markdown.showPreview', this.docs),
    ];
  }
}
