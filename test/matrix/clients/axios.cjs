// axios from CommonJS, its default adapter (node:http with follow-redirects).
const http = require('node:http');
const axios = require('axios');

const agent = new http.Agent({ keepAlive: true });
const client = axios.create({ baseURL: process.env.UP_HTTP, httpAgent: agent, validateStatus: null });
const done = (answer) => `${answer.status} ${answer.data.length}`;

(async () => {
  console.log('first', done(await client.get('/ok?n=1'))); // @first
  console.log('second', done(await client.get('/ok?n=2'))); // @second
  console.log('post', done(await client.post('/echo', 'x'.repeat(1000)))); // @post
  console.log('redirect', done(await client.get('/redirect?n=1'))); // @redirect
  console.log('status', done(await client.get('/status?is=503'))); // @status
  const think = (p) => client.get(`/think?ms=30&p=${p}`).then(done); // @parallel
  console.log('parallel', ...(await Promise.all([think('a'), think('b')])));
  agent.destroy();
})();
