// An ES module that runs, and has a worker, before anybody attaches to it.
import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { Worker } from 'node:worker_threads';

const act = `(get) => new Promise((resolve) => get(process.env.UP_HTTP + '/ok', (res) => res.resume().on('end', () => resolve(res.statusCode))))`;
const own = () =>
  new Promise((resolve) =>
    get(`${process.env.UP_HTTP}/ok`, (res) => res.resume().on('end', () => resolve(res.statusCode))),
  );

const worker = new Worker(
  `const { parentPort } = require('node:worker_threads');
   const { get } = require('node:http');
   const act = ${act};
   parentPort.on('message', async () => parentPort.postMessage(await act(get)));`,
  { eval: true },
);

globalThis.act = own;
globalThis.actInWorker = () =>
  new Promise((resolve) => {
    worker.once('message', resolve);
    worker.postMessage('');
  });
/** Another program, started by this one. */
globalThis.actInChild = () =>
  new Promise((resolve) => spawn(process.execPath, ['-e', `(${act})(require('node:http').get)`]).on('exit', resolve));

// Without a statement to pause at, it could not be stopped.
setInterval(() => {}, 20);
worker.once('online', () => console.log('ready'));
