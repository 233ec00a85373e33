/**
 * The file that NODE_OPTIONS names, as text. It is written for any runtime that has `require`: an old Node would fail on
 * the real hook's syntax, and a preload that throws keeps the program from starting.
 *
 * Compiling would be half of the hook's start. The first process of each version of Node keeps what V8 compiled beside the
 * hook (vm.Script, `cachedData`), with the functions that its start has run; the next ones take it from there. The first that
 * ends after requests keeps it once more, with the functions that those have run. V8 refuses what another version or other flags made,
 * and compiles; so there are files for each set of flags, of a few sets. Where the folder cannot be written to nothing is kept.
 *
 * The hook has two parts: `main.cjs`, and `requests.cjs`, which it runs when the first of Node's modules for the network is
 * loaded (src/hook/later.ts). Both are read at the start, as a program may have mocked or forbidden files later (then the code
 * that was kept is of no use, nothing more), and both have the name of the first to V8, by which the hook knows its own frames.
 */

export const hookLoader = `'use strict';
try {
  if (parseInt(process.versions.node, 10) >= 18 && process.env.NETTRACE_SPOOL) load();
} catch (_) {}

function load() {
  const begin = process.hrtime();
  const fs = require('fs');
  const { Script } = require('vm');
  const { runInThisContext } = Script.prototype;
  const { apply } = Reflect;
  const { readFileSync } = fs;
  const folder = __filename.slice(0, -'hook.cjs'.length);
  const main = folder + 'main.cjs';
  const parameters = '(function (exports, require, module, __filename, __dirname, shared) {';
  const cache = folder + 'code-' + process.version + '-' + process.arch + '-' + flags();

  function part(name, file) {
    const used = file + '-used';
    const text = read(readFileSync, folder + name + '.cjs', 'latin1');
    let isUsed, cachedData, script;
    return {
      run() {
        cachedData = read(readFileSync, used);
        isUsed = cachedData !== undefined;
        if (!isUsed) cachedData = read(readFileSync, file);
        script = new Script(parameters + text + '\\n})', { filename: main, cachedData });
        return apply(runInThisContext, script, []);
      },
      started() {
        if (!cachedData) keep(fs, folder, file, script);
      },
      ended() {
        if (script && !isUsed) keep(fs, folder, used, script);
      },
    };
  }

  const first = part('main', cache);
  const later = part('requests', cache + '-requests');
  delete require.cache[__filename];
  require.hook = {
    begin,
    requests: later.run,
    keepCode() {
      first.ended();
      later.ended();
    },
  };
  first.run().call(exports, exports, require, module, main, __dirname);
  first.started();
}

function read(readFileSync, file, encoding) {
  try {
    return readFileSync(file, encoding);
  } catch (_) {}
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
