// Stands for the .pnp.cjs of Yarn: packages are in one archive, their paths lead into it, and what is not listed is not
// found, whatever lies in node_modules.
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const archive = path.join(__dirname, '.yarn/cache/client-npm-1.0.0.zip/node_modules/client/index.js');
const inside = `exports.name = 'from the archive';
exports.get = (url) => new Promise((resolve, reject) => {
  require('http').get(url, (response) => response.resume().on('end', () => resolve(response.statusCode))).on('error', reject);
});`;

const { readFileSync, statSync } = fs;
fs.readFileSync = (file, ...rest) => (file === archive ? inside : readFileSync(file, ...rest));
fs.statSync = (file, ...rest) => statSync(file === archive ? __filename : file, ...rest);

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  if (request === 'client') return archive;
  if (Module.isBuiltin(request)) return resolve.call(this, request, ...rest);
  const from = rest[0]?.filename ?? process.cwd();
  if (/^\.{0,2}\//.test(request) && path.resolve(path.dirname(from), request).startsWith(__dirname)) {
    return resolve.call(this, request, ...rest);
  }
  const error = new Error(`Your application tried to access ${request}, but it is not declared in your dependencies`);
  throw Object.assign(error, { code: 'MODULE_NOT_FOUND' });
};
const { load } = Module.prototype;
Module.prototype.load = function (file) {
  if (file !== archive) return load.call(this, file);
  this.filename = file;
  this.paths = [];
  this._compile(inside, file);
  this.loaded = true;
  return undefined;
};
