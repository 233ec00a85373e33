// One request, answered after 20 ms, with a line between its making and its answer to stop at.
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((_, res) => void setTimeout(() => res.end('late'), 20));
server.listen(0, '127.0.0.1', () => {
  const request = get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/waits`, (res) => {
    res.resume().on('end', () => server.close());
  });
  request.on('finish', () => {
    // The request is on its way; a stop here is no time of the server's.
    console.log('sent');
  });
});
