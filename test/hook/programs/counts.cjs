// Loaded before the hook: counts what it calls of the runtime. Node's own code keeps originals of its own, so these
// counts are the hook's alone; `mark` starts again.
const fs = require('node:fs');
const counts = { writes: 0, clocks: 0, stacks: 0, jobs: 0, json: 0, timers: 0 };

function count(object, name, what) {
  const original = object[name];
  const counting = function (...args) {
    counts[what]++;
    return Reflect.apply(original, this, args);
  };
  Object.assign(counting, original);
  Object.defineProperty(object, name, { value: counting, writable: true, configurable: true });
}
count(fs, 'writeSync', 'writes');
count(process, 'hrtime', 'clocks');
count(Promise.prototype, 'then', 'jobs');
count(JSON, 'stringify', 'json');
count(globalThis, 'setTimeout', 'timers');
globalThis.Error = new Proxy(Error, {
  construct(target, args, newTarget) {
    counts.stacks++;
    return Reflect.construct(target, args, newTarget);
  },
});

globalThis.hookCounts = () => ({ ...counts });
