// Bodies in both directions, with secrets in them, by http, fetch and a copy of undici; the last one is cut by the exit.
const http = require('node:http');
const base = process.env.BODIES_HTTP;
const agent = new http.Agent();
const secrets = {
  user: 'ann',
  password: 'SECRET-1',
  nested: { api_key: 'SECRET-2', list: [{ refreshToken: 'SECRET-3' }] },
};

const send = (path, type, pieces) =>
  new Promise((resolve, reject) => {
    const req = http.request(`${base}${path}`, { agent, method: 'POST', headers: { 'content-type': type } }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (d) => {
        text += d;
      });
      res.on('end', () => resolve(text.length));
    });
    req.on('error', reject);
    for (const p of pieces) req.write(p);
    req.end();
  });
const post = async (path, body, headers = { 'content-type': 'application/json' }) =>
  (await (await fetch(`${base}${path}`, { method: 'POST', body, headers })).text()).length;

(async () => {
  const json = JSON.stringify(secrets, null, 1);
  console.log(await send('/json', 'application/json; charset=utf-8', [json.slice(0, 40), Buffer.from(json.slice(40))]));
  console.log(await send('/form', 'application/x-www-form-urlencoded', ['a=1&password=SECRET-4', '&b=%C3%A4']));
  console.log(await send('/xml', 'text/xml', ['<a><Password>SECRET-5</Password><b>ü</b></a>']));
  console.log(await send('/image', 'image/png', [Buffer.alloc(100)]));
  console.log(await send('/long', 'text/plain', ['ä'.repeat(3000), 'x'.repeat(3001)]));
  console.log(await post('/gzip', json));
  console.log(await post('/br', new URLSearchParams({ token: 'SECRET-6', c: '3' }), {}));
  console.log(await post('/deflate', 'Authorization: Bearer SECRET-7890', { 'content-type': 'text/plain' }));
  console.log(await post('/broken', '{"password":"SECRET-8'));
  const form = new FormData();
  form.set('client_secret', 'SECRET-9');
  form.set('name', 'plain');
  console.log(await post('/multipart', form, {}));
  if (process.argv[2]) {
    const { request, Agent } = require(process.argv[2]);
    const dispatcher = new Agent();
    const res = await request(`${base}/undici`, {
      method: 'POST',
      body: json,
      headers: { 'content-type': 'application/json' },
      dispatcher,
    });
    console.log((await res.body.text()).length);
    await dispatcher.close();
  }
  http.get(`${base}/endless`, { agent }, (res) => {
    res.on('data', () => process.exit(0));
  });
})();
