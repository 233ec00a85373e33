// Answers and requests whose headers and bodies are made to be slow to look through: each is read whole, and the longest
// time that a turn of the event loop took meanwhile is reported. argv[2]: address of the server.
const http = require('node:http');

const get = (path) =>
  new Promise((resolve, reject) => {
    const req = http.get(`${process.argv[2]}${path}`, { maxHeaderSize: 1 << 20 }, (res) => {
      let length = 0;
      res.on('data', (piece) => (length += piece.length));
      res.on('end', () => resolve(length));
    });
    req.on('error', reject);
  });

(async () => {
  for (const path of process.argv.slice(3)) {
    const before = process.cpuUsage();
    const length = await get(path);
    // Lines are made after the end of the response, in a tick of their own.
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    await new Promise((done) => setTimeout(done, 5));
    const { user, system } = process.cpuUsage(before);
    console.log(`${path} ${length}`);
    process.stderr.write(`${path} ${user + system}\n`);
  }
})();
