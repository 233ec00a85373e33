// Bodies of known sizes, taken in every way: the URL says which.
const http = require('node:http');
const zlib = require('node:zlib');
const { pipeline } = require('node:stream');
const base = process.env.SIZES_HTTP;
const clients = process.env.SIZES_CLIENTS;
const agent = new http.Agent();
const kept = [];

const got = (path, options, act) =>
  new Promise((resolve, reject) => {
    http.get(`${base}${path}`, { agent, ...options }, (res) => act(res, resolve)).on('error', reject);
  });
const length = (stream, done) => {
  let n = 0;
  stream.on('data', (d) => {
    n += d.length;
  });
  stream.on('end', () => done(n));
};
const all = (path, options) => got(path, options, length);
const text = async (path, options) => {
  const res = await fetch(`${base}${path}`, options);
  return (await res.text()).length;
};

const acts = {
  '/plain?http': all,
  '/chunked?http': all,
  '/gzip?http': all,
  '/gzip?pipe': (path) => got(path, {}, (res, done) => length(res.pipe(zlib.createGunzip()), done)),
  '/chunked-gzip?pipeline': (path) =>
    got(path, {}, (res, done) =>
      length(
        pipeline(res, zlib.createUnzip(), () => {}),
        done,
      ),
    ),
  '/br?pipe': (path) => got(path, {}, (res, done) => length(res.pipe(zlib.createBrotliDecompress()), done)),
  '/gzip?axios': async (path) => {
    const { data } = await require(`${clients}/axios`).get(`${base}${path}`, {
      httpAgent: agent,
      responseType: 'text',
    });
    return data.length;
  },
  '/gzip?got': async (path) => (await require(`${clients}/got11`).get(`${base}${path}`)).body.length,
  '/gzip?node-fetch': async (path) => (await (await require(`${clients}/node-fetch2`)(`${base}${path}`)).text()).length,
  '/plain?fetch': text,
  '/chunked?fetch': text,
  '/gzip?fetch': text,
  '/chunked-gzip?fetch': text,
  '/br?fetch': text,
  '/deflate?fetch': text,
  '/plain?head': (path) => all(path, { method: 'HEAD' }),
  '/plain?head-fetch': (path) => text(path, { method: 'HEAD' }),
  '/204?http': all,
  '/304?http': all,
  '/204?fetch': text,
  '/304?fetch': text,
  '/slow?stops': (path) =>
    got(path, {}, (res, done) => {
      let n = 0;
      res.on('data', (d) => {
        n += d.length;
        if (n >= 3000) res.destroy();
      });
      res.on('close', () => done('stopped'));
    }),
  '/slow?stops-fetch': async (path) => {
    const reader = (await fetch(`${base}${path}`)).body.getReader();
    await reader.read();
    await reader.cancel();
    return 'stopped';
  },
  '/plain?pauses': (path) =>
    got(path, {}, (res, done) => {
      res.once('data', () => {
        res.pause();
        setTimeout(() => done('paused'), 20);
      });
    }),
  '/slow?reading-fetch': async (path) => {
    const reader = (await fetch(`${base}${path}`)).body.getReader();
    return (await reader.read()).value.length;
  },
  '/slow?unread-fetch': async (path) => {
    kept.push(await fetch(`${base}${path}`));
    return 'unread';
  },
  '/slow-gzip?unread-fetch': async (path) => {
    kept.push(await fetch(`${base}${path}`));
    return 'unread';
  },
  '/slow?reading-undici': async (path) => {
    const { body } = await require(`${clients}/undici6`).request(`${base}${path}`);
    return new Promise((r) => body.once('data', (d) => r(d.length)));
  },
  '/slow?unread-undici': async (path) => {
    kept.push(await require(`${clients}/undici6`).request(`${base}${path}`));
    return 'unread';
  },
  '/plain?unread': (path) => got(path, {}, (_, done) => setTimeout(() => done('unread'), 20)),
};

(async () => {
  for (const [path, act] of Object.entries(acts)) console.log(path, await act(path));
  process.exit(0);
})();
