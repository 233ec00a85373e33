/** Entry of the panel's page. */
import './styles';
import { render } from 'preact';
import { installCommands } from './input/commands';
import { installDrop } from './input/drop';
import { derive } from './state/derived';
import { isLive, onChange, start, state } from './state/state';
import { reducedMotion, watchTheme } from './state/theme';
import { App } from './widgets/page/app';

const root = document.getElementById('root') ?? document.body;
/** Milliseconds between two steps of the running times; doubled when the machine cannot keep up. */
let liveStep = 50;
let slowFrames = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function draw(): void {
  const begun = performance.now();
  render(<App />, root);
  const took = performance.now() - begun;
  slowFrames = took > 32 ? slowFrames + 1 : 0;
  if (slowFrames === 3) {
    liveStep = Math.min(1000, liveStep * 2);
    slowFrames = 0;
  }
  // What could not be computed in this frame (too expensive, too often) is due later even if nothing else happens.
  const { retryIn } = derive();
  clearTimeout(timer);
  // With no request running only the now line moves: four steps a second do.
  const step = reducedMotion() ? 1000 : state.status.running > 0 ? liveStep : Math.max(250, liveStep);
  if (isLive()) timer = setTimeout(() => requestAnimationFrame(draw), step);
  else if (retryIn !== undefined) timer = setTimeout(() => requestAnimationFrame(draw), retryIn);
}

onChange(draw);
watchTheme();
installCommands();
installDrop();
start();
