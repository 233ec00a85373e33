// Requests that are made when a lookup is answered: by undici's interceptor `dns`, and by a package that does one lookup
// for all who ask meanwhile. Argument: where that package is.
const { createRequire } = require('node:module');
const clients = createRequire(process.env.CLIENTS);
const origin = process.env.UP_HTTP.replace('127.0.0.1', 'localhost');
const shared = require(process.argv[2]);

const interceptor = async (name) => {
  const { Agent, interceptors, request } = clients(name);
  const dispatcher = new Agent().compose(interceptors.dns());
  const { body } = await request(`${origin}/ok?${name}`, { dispatcher }); // @interceptor
  await body.text();
  await dispatcher.close();
};
(async () => {
  await interceptor('undici7');
  await interceptor('undici8');
  await Promise.all([
    new Promise((done) => shared(`${origin}/ok?first`, done)), // @first
    new Promise((done) => shared(`${origin}/ok?second`, done)), // @second
  ]);
})();
