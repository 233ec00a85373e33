// What a user's NODE_OPTIONS may load.
globalThis.preloaded = 'preloaded by the user';
