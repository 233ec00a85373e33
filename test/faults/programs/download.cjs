// Reads a body of so many bytes and forgets it; reports the largest resident memory that it had.
const http = require('node:http');
const { createHash } = require('node:crypto');
const n = Number(process.argv[2]);

http.get(`${process.env.SERVER}/bytes?n=${n}`, (response) => {
  let bytes = 0;
  let first;
  response.on('data', (piece) => {
    bytes += piece.length;
    first ??= createHash('sha256').update(piece.subarray(0, 1000)).digest('hex');
  });
  response.on('end', () => {
    const peak = process.resourceUsage().maxRSS * 1024;
    const { heapUsed, external } = process.memoryUsage();
    require('node:fs').writeFileSync(process.env.FAULTS_REPORT, JSON.stringify({ peak, heapUsed, external }));
    console.log(response.statusCode, bytes, first);
  });
});
