// A worker that ends with an error of its own, which its parent takes.
const { Worker } = require('node:worker_threads');

const worker = new Worker('throw new Error("own")', { eval: true });
worker.on('error', (error) => console.log('error', error.message));
worker.on('exit', (code) => console.log('exit', code));
