/** The parts, one after the other in one window of a real VS Code. `-t "the main job"` runs one of them. */
import { afterAll, beforeAll, describe } from 'vitest';
import { attach } from './steps/debug/attach.steps';
import { breakpoints } from './steps/debug/breakpoints.steps';
import { pauses } from './steps/debug/pauses.steps';
import { replay } from './steps/debug/replay.steps';
import { editorTab } from './steps/editor.steps';
import { singleFiles } from './steps/files.steps';
import { firstWindow } from './steps/first.steps';
import { kernelSide } from './steps/kernel.steps';
import { looks } from './steps/looks.steps';
import { mainJob } from './steps/main.steps';
import { manyRequests } from './steps/many.steps';
import { packets } from './steps/packets.steps';
import { keysOfThePanel } from './steps/panel/keys.steps';
import { panelOfUser } from './steps/panel/panel.steps';
import { problemsView } from './steps/problems.steps';
import { reload } from './steps/reload.steps';
import { rough } from './steps/rough.steps';
import { traceRules } from './steps/rules.steps';
import { secrets } from './steps/secrets.steps';
import { sendingAgain } from './steps/sending.steps';
import { tracing } from './steps/tracing.steps';
import { ways } from './steps/ways.steps';
import { openWindow, vs } from './testing/shared';

beforeAll(() => openWindow({ width: 1400, height: 1500 }));
afterAll(() => vs?.close());

// First: it counts the runs from the window's begin.
describe('the main job', mainJob);
describe('pauses', pauses);
describe('network breakpoints', breakpoints);
describe('keys of the panel', keysOfThePanel);
describe('what is traced', tracing);
describe('ways to start', ways);
describe('single files', singleFiles);
describe('problems', problemsView);
describe('sending again', sendingAgain);
describe('attach', attach);
describe('packets', packets);
describe('replay', replay);
describe('trace rules', traceRules);
describe('the kernel’s side', kernelSide);
describe('editor tab', editorTab);
describe('panel of the user', panelOfUser);
describe('reload', reload);
describe('secrets', secrets);
describe('rough', rough);
describe('many requests', manyRequests);
// Last, as it leaves another theme.
describe('looks', looks);
describe('first window', firstWindow);
