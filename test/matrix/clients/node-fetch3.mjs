// node-fetch 3, ES module only.
import http from 'node:http';
import fetch from 'node-fetch3';

const agent = new http.Agent({ keepAlive: true });
const base = process.env.UP_HTTP;
const done = async (answer) => `${answer.status} ${(await answer.text()).length}`;

console.log('first', await done(await fetch(`${base}/ok?n=1`, { agent }))); // @first
console.log('second', await done(await fetch(`${base}/ok?n=2`, { agent }))); // @second
const post = { agent, method: 'POST', body: 'x'.repeat(1000) };
console.log('post', await done(await fetch(`${base}/echo`, post))); // @post
console.log('redirect', await done(await fetch(`${base}/redirect?n=1`, { agent }))); // @redirect
console.log('status', await done(await fetch(`${base}/status?is=503`, { agent }))); // @status
const think = (p) => fetch(`${base}/think?ms=30&p=${p}`, { agent }).then(done); // @parallel
console.log('parallel', ...(await Promise.all([think('a'), think('b')])));
agent.destroy();
