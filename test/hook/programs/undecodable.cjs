// Bodies that cannot be decoded, by fetch, `pipe` and `pipeline`; prints what each call ended with.
const http = require('node:http');
const { PassThrough, pipeline } = require('node:stream');
const zlib = require('node:zlib');

// The hook has its own copy of what it calls: nobody but a hook that has not asks for this.
const { stringify } = JSON;
JSON.stringify = (value, ...rest) => {
  if (value?.decoder !== undefined) console.log('called by the hook');
  return stringify(value, ...rest);
};

const base = process.env.BODIES_HTTP;
const read = (stream, done, failed) => stream.on('error', failed).on('end', done).resume();
const calls = {
  fetch: async (url) => void (await (await fetch(url)).text()),
  pipe: (url) =>
    new Promise((done, failed) => {
      http.get(url, (response) => read(response.pipe(zlib.createUnzip()), done, failed));
    }),
  pipeline: (url) =>
    new Promise((done, failed) => {
      http.get(url, (response) => {
        pipeline(response, zlib.createGunzip(), new PassThrough(), (error) =>
          error ? failed(error) : done(),
        ).resume();
      });
    }),
  other: (url) =>
    new Promise((done, failed) => {
      http.get(url, (response) => read(response.pipe(zlib.createBrotliDecompress()), done, failed));
    }),
};

(async () => {
  for (const [call, run] of Object.entries(calls)) {
    for (const body of ['whole', 'plain', 'large', 'short']) {
      const said = await run(`${base}/${call}/${body}`).then(
        () => 'ok',
        (error) => error.cause?.code ?? error.code,
      );
      console.log(call, body, said);
    }
  }
})();
