/** How long the event loop was idle; part of `performance`, which is loaded with the first request. */
import { nodeModule } from './builtins';

/** Not the global one, in whose place fake timers may have put their own by now. */
const { performance } = nodeModule('node:perf_hooks') as typeof import('node:perf_hooks');
const { nodeTiming, eventLoopUtilization } = performance as unknown as {
  nodeTiming: { readonly idleTime: number };
  eventLoopUtilization?: () => { active: number; idle: number };
};

/** How long the event loop has been idle since the thread began, in ms; 0.04 µs a reading. */
export const idleTime = (): number => nodeTiming.idleTime;

/** Time that the loop was busy and idle, in ms; undefined: this Node does not say it. */
export const utilization = eventLoopUtilization?.bind(performance);
