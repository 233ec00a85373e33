// The parts, one after the other in one window of a real VS Code. `-t "the main job"` runs one of them.
import { afterAll, beforeAll, describe } from 'vitest';
import { attach } from './attach.steps';
import { breakpoints } from './breakpoints.steps';
import { editorTab } from './editor.steps';
import { singleFiles } from './files.steps';
import { firstWindow } from './first.steps';
import { kernelSide } from './kernel.steps';
import { keysOfThePanel } from './keys.steps';
import { looks } from './looks.steps';
import { mainJob } from './main.steps';
import { packets } from './packets.steps';
import { pauses } from './pauses.steps';
import { reload } from './reload.steps';
import { replay } from './replay.steps';
import { requests } from './requests.steps';
import { rough } from './rough.steps';
import { secrets } from './secrets.steps';
import { openWindow, vs } from './shared';
import { tracing } from './tracing.steps';
import { ways } from './ways.steps';

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
describe('attach', attach);
describe('packets', packets);
describe('replay', replay);
describe('trace requests', requests);
describe('the kernel’s side', kernelSide);
describe('editor tab', editorTab);
describe('reload', reload);
describe('secrets', secrets);
describe('rough', rough);
// Last, as it leaves another theme.
describe('looks', looks);
describe('first window', firstWindow);
