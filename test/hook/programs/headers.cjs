// One request by http, one by fetch, to a server that gives many headers and trailers.
const http = require('node:http');
const base = process.env.HEADERS_HTTP;
const headers = {
  authorization: 'Bearer SECRET-1',
  'x-plain': 'plain',
  'x-skip': 'SECRET-2',
  referer: 'http://u:SECRET-3@h.test/p?token=SECRET-4&a=1#SECRET-5',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  connection: 'close',
};
http.get(`${base}/http`, { headers, agent: new http.Agent() }, (res) => {
  res.resume();
  res.on('end', async () => {
    console.log(res.statusCode, res.trailers['x-check']);
    const answer = await fetch(`${base}/fetch`);
    console.log((await answer.text()).length);
  });
});
