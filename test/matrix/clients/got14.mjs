// got 14, ES module only.
import http from 'node:http';
import got from 'got14';

const agent = new http.Agent({ keepAlive: true });
const client = got.extend({
  prefixUrl: process.env.UP_HTTP,
  agent: { http: agent },
  retry: { limit: 0 },
  throwHttpErrors: false,
});
const done = (answer) => `${answer.statusCode} ${answer.body.length}`;

console.log('first', done(await client('ok?n=1'))); // @first
console.log('second', done(await client('ok?n=2'))); // @second
console.log('post', done(await client.post('echo', { body: 'x'.repeat(1000) }))); // @post
console.log('redirect', done(await client('redirect?n=1'))); // @redirect
console.log('status', done(await client('status?is=503'))); // @status
const think = (p) => client(`think?ms=30&p=${p}`).then(done); // @parallel
console.log('parallel', ...(await Promise.all([think('a'), think('b')])));
agent.destroy();
