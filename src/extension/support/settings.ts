/** The settings, checked by the table of options. Read when needed, so that a change takes effect at the next use. */
import * as vscode from 'vscode';
import { type Checked, checkOptions } from '../../model/options/expected';
import { settingId, settingNames } from '../../model/options/places';
import { defaultOf, groups, type OptionName, type OptionValues, type SettingName } from '../../model/options/table';

/** VS Code only marks what does not fit its schema, and gives it out all the same. */
const read = (names: readonly SettingName[]): Checked =>
  checkOptions(names, {
    get: (name: OptionName) => vscode.workspace.getConfiguration().get<unknown>(settingId(name as SettingName)),
    place: (name) => `The setting ${settingId(name as SettingName)}`,
    instead: 'Until then its default is used.',
  });

const one = <N extends SettingName>(name: N): NonNullable<OptionValues[N]> =>
  read([name]).values[name] ?? defaultOf(name);

export const debugSessions = () => one('debugSessions');
export const panelOpens = () => one('panelOpen');
export const breakpointsInDebugView = () => one('breakpointsInDebugView');
export const runsToKeep = () => one('runsKeep');
export const helperUse = () => one('helper');
export const notesMode = () => one('editorNotes');
export const gutterMarks = () => one('editorGutter');
export const problemsShown = () => one('editorProblems');

const ofTraces = settingNames.filter((name) => !(name in groups['Panel and editor']));

/** Options of a trace that are set, and what is wrong with the others. */
export const recording = (): Checked => read(ofTraces);
