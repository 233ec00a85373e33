const http = require('node:http');

const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });

/** The warehouse has an older interface: a list comes back, whatever is asked for. */
exports.inStock = (sku) =>
  new Promise((resolve, reject) => {
    const request = http.request(`${process.env.API}/stock`, { agent, method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => resolve(JSON.parse(text).includes(sku)));
    });
    request.on('error', reject).end(sku);
  });
