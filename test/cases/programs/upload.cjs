// A body written in five pieces without a length: chunked; and one of 1 MiB with a length.
const http = require('node:http');

const post = (headers, pieces) =>
  new Promise((resolve, reject) => {
    const req = http.request(
      `${process.env.UP_HTTP}/echo`,
      { method: 'POST', headers, agent: new http.Agent() },
      (res) => {
        res.setEncoding('utf8').on('data', (d) => console.log(d));
        res.on('end', resolve);
      },
    );
    req.on('error', reject);
    (async () => {
      for (const p of pieces) {
        if (!req.write(p)) await new Promise((r) => req.once('drain', r));
        await new Promise((r) => setTimeout(r, 10));
      }
      req.end();
    })();
  });

(async () => {
  await post({}, Array(5).fill(Buffer.alloc(65_536)));
  await post({ 'content-length': 1_048_576 }, [Buffer.alloc(1_048_576)]);
  const body = new ReadableStream({
    start(c) {
      for (let i = 0; i < 3; i++) c.enqueue(new Uint8Array(1000));
      c.close();
    },
  });
  const res = await fetch(`${process.env.UP_HTTP}/echo`, { method: 'POST', body, duplex: 'half' });
  console.log(await res.text());
})();
