/** The one door to the clipboard: texts of a trace may hold what a terminal or an editor would act upon. */
import * as vscode from 'vscode';
import { copyable } from '../../model/base/quoting';

export const copyText = (text: string): Thenable<void> => vscode.env.clipboard.writeText(copyable(text));
