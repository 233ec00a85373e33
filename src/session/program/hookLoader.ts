/**
 * The file that NODE_OPTIONS names, as text. It is written for any runtime that has `require`: an old Node would fail on
 * the real hook's syntax, and a preload that throws keeps the program from starting.
 *
 * About half of the hook's start (34 to 44 ms) is compiling it. The first process of each version of Node keeps what V8
 * compiled beside the hook (vm.Script, `cachedData`), with the functions that its start has run; the next ones take it from
 * there. The first that ends after requests keeps it once more, with the functions that those have run. V8 refuses what
 * another version or other flags made, and compiles; so there are files for each set of flags, of a few sets. Where the
 * folder cannot be written to nothing is kept.
 */

export const hookLoader = `'use strict';
try {
  if (parseInt(process.versions.node, 10) >= 18 && process.env.NETTRACE_SPOOL) load();
} catch (_) {}

function load() {
  const fs = require('fs');
  const vm = require('vm');
  const folder = __filename.slice(0, -'hook.cjs'.length);
  const main = folder + 'main.cjs';
  const source = '(function (exports, require, module, __filename, __dirname) {' + fs.readFileSync(main, 'utf8') + '\\n})';
  const cache = folder + 'code-' + process.version + '-' + process.arch + '-' + flags();
  const used = cache + '-used';
  const isUsed = fs.existsSync(used);
  let cachedData;
  try {
    cachedData = fs.readFileSync(isUsed ? used : cache);
  } catch (_) {}
  const script = new vm.Script(source, { filename: main, cachedData });
  delete require.cache[__filename];
  if (!isUsed) require.keepCode = () => keep(fs, folder, used, script);
  script.runInThisContext().call(exports, exports, require, module, main, __dirname);
  if (!cachedData) keep(fs, folder, cache, script);
}

// A number for those that V8 may know; a wrong guess costs the compiling alone.
function flags() {
  const words = process.execArgv.concat((process.env.NODE_OPTIONS || '').split(/\\s+/));
  let hash = 0;
  for (const word of words) {
    if (!/^--(?!require|import|inspect|eval|print|title|env-file|conditions)/.test(word)) continue;
    for (let i = 0; i < word.length; i++) hash = (Math.imul(hash, 31) + word.charCodeAt(i)) | 0;
  }
  return (hash >>> 0).toString(16);
}

function keep(fs, folder, file, script) {
  if (fs.readdirSync(folder).length > 80) return;
  const draft = file + '.' + process.pid;
  try {
    const fd = fs.openSync(draft, 'wx', 420);
    try {
      fs.writeFileSync(fd, script.createCachedData());
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(draft, file);
  } catch (_) {
    fs.rmSync(draft, { force: true });
  }
}
`;
