// fetch over HTTP/2: Node's own, or that of the copy whose folder is the first argument.
const { readFileSync } = require('node:fs');
const { UP_H2, UP_CA } = process.env;
const folder = process.argv[2];

(async () => {
  let ask = fetch;
  if (folder) {
    const undici = require(folder);
    undici.setGlobalDispatcher(new undici.Agent({ allowH2: true, connect: { ca: readFileSync(UP_CA) } }));
    ask = undici.fetch;
  }
  const get = async (path, options) => {
    const answer = await ask(`${UP_H2}${path}`, options); // @ask
    return `${answer.status} ${await answer.text()}`;
  };
  console.log(await get('/ok?n=1'));
  console.log(await Promise.all([2, 3, 4].map((n) => get(`/think?ms=50&n=${n}`))));
  console.log(await get('/echo', { method: 'POST', body: 'x'.repeat(1000) }));
  console.log(await get('/refuse').catch((e) => e.cause.code));
  process.exit(0);
})();
