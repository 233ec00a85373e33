// npm undici 7: request, with its own agent.
const { Agent, request } = require('undici7');
const base = process.env.UP_HTTP;
const dispatcher = new Agent();
const done = async (answer) => `${answer.statusCode} ${(await answer.body.text()).length}`;

(async () => {
  console.log('first', await done(await request(`${base}/ok?n=1`, { dispatcher }))); // @first
  console.log('second', await done(await request(`${base}/ok?n=2`, { dispatcher }))); // @second
  const post = { dispatcher, method: 'POST', body: 'x'.repeat(1000) };
  console.log('post', await done(await request(`${base}/echo`, post))); // @post
  console.log('redirect', await done(await request(`${base}/redirect?n=1`, { dispatcher }))); // @redirect
  console.log('status', await done(await request(`${base}/status?is=503`, { dispatcher }))); // @status
  const think = (p) => request(`${base}/think?ms=30&p=${p}`, { dispatcher }).then(done); // @parallel
  console.log('parallel', ...(await Promise.all([think('a'), think('b')])));
  await dispatcher.close();
})();
