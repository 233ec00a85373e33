// Calls as gRPC makes them: the status is in the trailers, or in the head of a response without a body.
const http2 = require('node:http2');

const session = http2.connect(process.env.GRPC_URL);
const call = (path) =>
  new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('close', resolve).resume().end('x');
  });
(async () => {
  for (const path of ['/not-found', '/unavailable', '/ok', '/plain']) await call(path);
  session.close();
})();
