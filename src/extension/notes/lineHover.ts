/** Hovers in the code: over a line that made requests, its last ones; over a URL in a string, the last ones to it. */
import * as vscode from 'vscode';
import { plural } from '../../model/base/text';
import { compareRows, type Row } from '../../model/rows/row';
import type { TraceView } from '../details/view';
import { copyLink, lastRequests, lineLinks, plain, rowLinks, type ZeroOf } from './lastRequests';
import { urlLiteralAt } from './literals';
import type { Notes } from './notes';

export class LineHover implements vscode.HoverProvider {
  readonly #notes: Notes;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  provideHover(document: vscode.TextDocument, { line, character }: vscode.Position): vscode.Hover | undefined {
    const view = this.#notes.shown;
    if (!view) return undefined;
    const text = document.lineAt(line).text;
    const literal = urlLiteralAt(text, character);
    const toUrl = literal ? view.rows().filter((row) => literal.matches(row)) : [];
    if (literal && toUrl.length > 0) {
      const markdown = hoverText(`${count(toUrl)} to ${plain(literal.text)}`, toUrl.sort(compareRows), view);
      markdown.appendMarkdown(copyLink(toUrl));
      return new vscode.Hover(markdown, new vscode.Range(line, literal.begin, line, literal.end));
    }
    const ofLine = this.#notes.rowsAt(document, line);
    // The note after the code has its own hover.
    if (!ofLine || character < text.length - text.trimStart().length || character >= text.trimEnd().length)
      return undefined;
    const markdown = hoverText(`${count(ofLine.rows)} made at this line`, ofLine.rows, view);
    markdown.appendMarkdown(`${lineLinks(ofLine.reference)} · ${copyLink(ofLine.rows)}`);
    return new vscode.Hover(markdown, document.getWordRangeAtPosition(new vscode.Position(line, character)));
  }
}

/** `rows`: oldest first. */
function hoverText(title: string, rows: readonly Row[], view: TraceView): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(undefined, true);
  markdown.isTrusted = { enabledCommands: rowLinks };
  markdown.appendMarkdown(`$(pulse) **${title}**\n\n`);
  markdown.appendMarkdown(lastRequests(rows, zeroIn(view)));
  return markdown;
}

function zeroIn(view: TraceView): ZeroOf {
  const zeros = new Map(view.runs().map((run) => [run.number, Date.parse(run.beginTime) - run.offset / 1000]));
  return (run) => {
    const zero = zeros.get(run);
    return Number.isFinite(zero) ? zero : undefined;
  };
}

const count = (rows: readonly Row[]): string => plural(rows.length, 'request');
