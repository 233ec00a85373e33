// Secrets wherever a program has some: all are made of PLANTED and a number. With `child` it only makes one request; with HOLD
// it stands until its input ends.
const http = require('node:http');
const { once } = require('node:events');
const { exec } = require('node:child_process');
const planted = (n) => `${process.env.PLANTED}${n}`;
const token = `ghp_${planted(1)}${'0'.repeat(30)}`;

async function get(url, options = {}, body = '') {
  const request = http.request(url, options).end(body);
  const [response] = await once(request, 'response').catch((e) => [e]);
  if (response instanceof Error) return;
  response.resume();
  await once(response, 'close');
}

/** Answers with secrets in its head and in its body. */
function answer(request, response) {
  request.resume();
  response.writeHead(request.url.startsWith('/moved') ? 302 : 200, {
    'content-type': 'application/json',
    'set-cookie': [`session=${planted(2)}`, `other=${planted(3)}; Path=/`],
    'x-api-key': planted(4),
    location: `http://u:${planted(5)}@127.0.0.1/next?access_token=${planted(6)}#id_token=${planted(7)}`,
  });
  response.end(JSON.stringify({ password: planted(8), inner: { client_secret: planted(9) }, text: token }));
}

async function all() {
  const server = http.createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${server.address().port}`;
  await get(`http://user:${planted(10)}@${host}/credentials`);
  await get(`http://${host}/moved?token=${planted(11)}&X-Amz-Signature=${planted(12)}&q=plain`);
  await get(`http://${host}/path/${token}/end`);
  const headers = {
    authorization: `Bearer ${planted(13)}`,
    cookie: `a=${planted(14)}`,
    'x-auth-token': planted(15),
    'proxy-authorization': `Basic ${planted(16)}`,
    referer: `http://${host}/?password=${planted(17)}`,
    'x-note': `it is ${token}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  await get(
    `http://${host}/form`,
    { method: 'POST', headers },
    `user=me&password=${planted(18)}&api_key=${planted(19)}`,
  );
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ refresh_token: planted(20), note: `Authorization: Bearer ${planted(21)}` });
  await fetch(`http://${host}/json?code=${planted(22)}`, { method: 'POST', headers: json, body }).then((r) => r.text());
  // Errors with a secret in their message, of the program and of a lookup.
  const failing = http.get(`http://${host}/error`);
  failing.on('error', () => undefined);
  failing.destroy(new Error(`cannot reach http://u:${planted(23)}@db/?password=${planted(24)} with ${token}`));
  await new Promise((closed) => failing.on('close', closed));
  await get(`http://u:${planted(25)}@nowhere.invalid/?sig=${planted(26)}`);
  // A child with secrets in its command, also in front of it.
  const child = [process.execPath, __filename, 'child', `http://${host}/child?jwt=${planted(27)}`];
  const words = [`API_TOKEN=${planted(28)}`, ...child.map((c) => `'${c}'`), `--password=${planted(29)}`];
  await once(exec(`${words.join(' ')} --token ${planted(30)}`), 'close');
  if (process.env.HOLD) {
    console.log('all done');
    await once(process.stdin.resume(), 'end');
  }
  await new Promise((done) => server.close(done));
}

const [, , what, url] = process.argv;
if (what === 'child') get(url);
else all();
