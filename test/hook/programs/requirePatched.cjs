// A program that puts functions in front of `require` before anything of the network is loaded: prints what comes by there.
const Module = require('node:module');
const seen = [];
const { _load, prototype } = Module;
const { require: original } = prototype;
Module._load = function (id, ...rest) {
  seen.push(`load ${id}`);
  // As a mock: whoever asks for it by `require` has this.
  return id === 'node:https' ? { get: () => 'mocked' } : _load.call(this, id, ...rest);
};
prototype.require = function (id) {
  seen.push(`require ${id}`);
  return original.call(this, id);
};

const to = { host: '127.0.0.1', port: 1, path: '/first' };
console.log(require('node:https').get(to));
require('node:http')
  .get(to)
  .on('error', (e) => console.log(e.code));
fetch('http://127.0.0.1:1/second').catch((e) => console.log(e.message));
require('node:dns')
  .promises.lookup('localhost')
  .then(({ family }) => console.log(typeof family));
process.on('exit', () => console.log(seen.join('\n')));
