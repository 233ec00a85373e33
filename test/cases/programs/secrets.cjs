// Plants a secret wherever programs put them: headers, cookies, query, user info, an error's message, an argument.
const http = require('node:http');

const get = (url, options) =>
  new Promise((resolve) => {
    http
      // @get
      .get(url, { agent: new http.Agent(), ...options }, (res) => {
        res.resume();
        res.on('end', () => resolve(console.log(res.statusCode)));
      })
      .on('error', (e) => resolve(console.log(e.code)));
  });

const base = new URL(process.env.UP_HTTP);
const headers = {
  authorization: 'Bearer SECRET-bearer-1234567890',
  cookie: 'sid=SECRET-cookie',
  'x-api-key': 'SECRET-apikey',
  'proxy-authorization': 'Basic SECRET-proxyauth',
};

const post = (type, body) =>
  new Promise((resolve) => {
    const options = { method: 'POST', agent: new http.Agent(), headers: { 'content-type': type } };
    http
      .request(`${base.origin}/echo`, options, (res) => {
        res.resume();
        res.on('end', () => resolve(console.log(res.statusCode)));
      })
      .end(body);
  });

(async () => {
  await get(`${base.origin}/ok?token=SECRET-token&a=1`, { headers });
  await get(`http://user:SECRET-password@${base.host}/ok`);
  await get(
    `${base.origin}/ok?access_token=SECRET-access&api_key=SECRET-key&client_secret=SECRET-client#SECRET-fragment`,
  );
  await get(`http://user:SECRET-failing@127.0.0.1:${process.env.UP_CLOSED}/?password=SECRET-query`);
  await post('application/json', JSON.stringify({ user: 'ann', password: 'SECRET-json', apiKey: ['SECRET-list'] }));
  await post('application/x-www-form-urlencoded', 'grant_type=x&client_secret=SECRET-form&refresh_token=SECRET-token');
  const sent = {
    method: 'POST',
    body: '{"access_token":"SECRET-fetched',
    headers: { 'content-type': 'application/json' },
  };
  console.log((await fetch(`${base.origin}/echo`, sent)).status);
  const res = await fetch(`${base.origin}/ok?refresh_token=SECRET-refresh`, { headers }); // @fetch
  console.log(res.status, (await res.text()).length);
  await fetch(`http://127.0.0.1:${process.env.UP_CLOSED}/?token=SECRET-fetchfail`).catch((e) => console.log(e.message));
})();
