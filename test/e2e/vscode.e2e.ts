// The parts, one after the other in one window of a real VS Code. `-t "the main job"` runs one of them.
import { afterAll, beforeAll, describe } from 'vitest';
import { looks } from './looks.steps';
import { mainJob } from './main.steps';
import { activation, rowDelay } from './measure.steps';
import { packets } from './packets.steps';
import { pauses } from './pauses.steps';
import { rough } from './rough.steps';
import { openWindow, vs } from './shared';
import { ways } from './ways.steps';

beforeAll(() => openWindow({ width: 1400, height: 1500 }));
afterAll(() => vs?.close());

// First: it counts the runs from the window's begin.
describe('the main job', mainJob);
describe('pauses', pauses);
describe('row delay', rowDelay);
describe('ways to start', ways);
describe('packets', packets);
describe('rough', rough);
describe('activation', activation);
// Last, as it leaves another theme.
describe('looks', looks);
