/** How long the event loop was idle; part of `performance`, which is loaded with the first request. */
import { nodeModule } from './builtins';
import { now } from './clock';

/** Not the global one, in whose place fake timers may have put their own by now. */
const { performance } = nodeModule('node:perf_hooks') as typeof import('node:perf_hooks');
const { nodeTiming, eventLoopUtilization } = performance as unknown as {
  nodeTiming: { readonly idleTime: number };
  eventLoopUtilization?: unknown;
};

/** How long the event loop has been idle since the thread began, in ms; 0.04 µs a reading. */
export const idleTime = (): number => nodeTiming.idleTime;

const begin = now() - idleTime();

/**
 * Time that the loop was busy, from the first request on, and idle, in ms: what counts is the difference of two readings.
 * undefined: this Node does not know it. `performance.eventLoopUtilization` itself reads a clock that the program may have
 * replaced.
 */
export const utilization =
  eventLoopUtilization === undefined
    ? undefined
    : (): { active: number; idle: number } => {
        const idle = idleTime();
        return { active: now() - idle - begin, idle };
      };
