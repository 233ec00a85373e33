// What a copy of undici that the program brings is asked for; prints what a user sees of it. Argument: its folder.
const { readFileSync } = require('node:fs');
const { Readable } = require('node:stream');
const { UP_HTTP, UP_H2, UP_CA } = process.env;
const { Agent, Pool, RetryAgent, fetch, request } = require(process.argv[2]);

const text = async ({ statusCode, body }) => `${statusCode} ${(await body.text()).length}`;

(async () => {
  try {
    await request('http://[none');
  } catch (e) {
    console.log(e.message);
  }
  const body = Readable.from([Buffer.alloc(100_000, 'b')]);
  console.log(await text(await request(`${UP_HTTP}/echo`, { method: 'POST', body })));
  // The second waits for the connection of the first.
  const pool = new Pool(UP_HTTP, { connections: 1 });
  const two = [1, 2].map((n) => pool.request({ path: `/ok?n=${n}`, method: 'GET' }).then(text));
  console.log(...(await Promise.all(two)));
  // The second is none that the connection takes.
  const odd = ['GET', 'no method'].map((method) => pool.request({ path: '/ok', method }).then(text));
  console.log(...(await Promise.allSettled(odd)).map((one) => one.value ?? one.reason.code));
  await pool.close();
  const gone = new Pool(UP_HTTP, { connections: 1, connect() {} });
  const lost = [1, 2].map((n) => gone.request({ path: `/ok?lost=${n}`, method: 'GET' }));
  setImmediate(() => gone.destroy());
  console.log(...(await Promise.allSettled(lost)).map((one) => one.reason.code));
  const again = new RetryAgent(new Agent(), { maxRetries: 1, minTimeout: 5, maxTimeout: 5 });
  console.log(await request(`${UP_HTTP}/status?is=503`, { dispatcher: again }).catch((e) => e.code));
  const dispatcher = new Agent({ allowH2: true, connect: { ca: readFileSync(UP_CA) } });
  const answer = await fetch(`${UP_H2}/ok`, { dispatcher });
  console.log(answer.status, await answer.text());
  process.exit(0);
})();
