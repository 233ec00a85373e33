// Replaces what iteration calls, as Node's own tests do, and reports each call until the end: of the main thread, of a
// worker, or of a worker that is terminated. It makes no requests, though it has loaded the modules for them.
require('node:http');
const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread && process.argv[2] !== 'main') {
  const worker = new Worker(__filename);
  if (process.argv[2] === 'terminated') worker.on('online', () => setTimeout(() => worker.terminate(), 20));
} else {
  const { _rawDebug: report } = process;
  const { closeSync, openSync } = require('node:fs');
  const file = openSync(__filename);
  let begun = false;
  const replace = (object, name) => {
    const original = object[name];
    object[name] = function (...args) {
      if (begun) report(`called ${String(name)}`);
      return Reflect.apply(original, this, args);
    };
  };
  replace(Object.getPrototypeOf([][Symbol.iterator]()), 'next');
  for (const { prototype } of [Map, Set]) replace(Object.getPrototypeOf(new prototype.constructor().values()), 'next');
  replace(Map.prototype, Symbol.iterator);
  replace(Set.prototype, Symbol.iterator);
  for (const name of ['map', 'filter', 'push', 'slice', Symbol.iterator]) replace(Array.prototype, name);
  for (const name of ['keys', 'entries', 'create']) replace(Object, name);
  begun = true;
  closeSync(file);
  setTimeout(() => {}, 100);
}
