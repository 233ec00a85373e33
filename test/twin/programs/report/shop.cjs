// The shop that the job asks, and the collector of events: one server, in a process of its own. Prints its port.
const http = require('node:http');

const orders = Array.from({ length: 24 }, (_, i) => ({
  id: 1000 + i,
  customer: 1 + (i % 9),
  sku: `S${i % 5}`,
  amount: 10 + i,
}));
const customerOf = (id) => ({ id: Number(id), country: 'CH' });

const answers = {
  'GET /orders': () => orders,
  'GET /customers': ({ url }) => url.searchParams.get('ids').split(',').map(customerOf),
  'POST /invoices': ({ body }) => ({ total: JSON.parse(body).amount }),
  'POST /stock': () => ['S0', 'S1', 'S2', 'S3'],
  'PUT /reports': () => ({}),
  'POST /events': () => ({}),
};

/** ms that it computes: a document takes longer than a sum. */
const timeOf = (kind, body) => (kind !== 'POST /invoices' ? 2 : body.includes('render') ? 70 : 10);

const server = http.createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (piece) => (body += piece));
  request.on('end', () => {
    const url = new URL(request.url, 'http://shop');
    const [, id] = /^\/customers\/(\d+)$/.exec(url.pathname) ?? [];
    const kind = `${request.method} ${url.pathname}`;
    const answer = id === undefined ? answers[kind]?.({ url, body }) : customerOf(id);
    setTimeout(
      () => {
        response.statusCode = answer === undefined ? 404 : 200;
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answer ?? {}));
      },
      timeOf(kind, body),
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
