// The extension as it is shipped, activated without VS Code: whatever it asks of `vscode` is there, and does nothing.
const Module = require('node:module');

/** Each property is such an object again, also what is called or constructed; lists are empty, texts too. */
const nothing = () =>
  new Proxy(class {}, {
    get: (target, name) => {
      if (name === 'prototype') return target.prototype;
      if (name === Symbol.iterator) return () => [][Symbol.iterator]();
      if (name === Symbol.toPrimitive) return () => '';
      if (name === 'then') return undefined;
      if (name === 'isTrusted') return true;
      if (name === 'get' || name === 'workspaceFolders') return name === 'get' ? (_, value) => value : [];
      return nothing();
    },
    set: () => true,
    apply: () => nothing(),
    construct: () => nothing(),
  });

const load = Module._load;
Module._load = (name, ...more) => (name === 'vscode' ? Object.create(nothing()) : load(name, ...more));

const [, , file, storage, manifest] = process.argv;
const { activate, deactivate } = require(file);
const state = { get: (_, value) => value, update: async () => {}, keys: () => [], setKeysForSync: () => {} };
const context = {
  subscriptions: [],
  extensionPath: require('node:path').dirname(require('node:path').dirname(file)),
  extensionUri: { fsPath: require('node:path').dirname(require('node:path').dirname(file)) },
  storageUri: { fsPath: storage },
  globalStorageUri: { fsPath: storage },
  logUri: { fsPath: storage },
  workspaceState: state,
  globalState: state,
  extension: { packageJSON: require(manifest) },
  asAbsolutePath: (path) => path,
};
(async () => {
  await activate(context);
  console.log(`activated: ${context.subscriptions.length}`);
  await deactivate?.();
  process.exit();
})();
