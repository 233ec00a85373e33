// Prints what the user's own NODE_OPTIONS brought, and makes one request.
require('./one-get.cjs');
console.log(globalThis.preloaded, process.execArgv.length, require('node:v8').getHeapStatistics().heap_size_limit > 0);
