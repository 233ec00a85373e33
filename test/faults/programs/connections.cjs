// Asks so many at once, each on a connection of its own; the server answers none before all wait.
const http = require('node:http');
const n = Number(process.argv[2]);
const agent = new http.Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
const ends = {};
let left = n;

const note = (word) => {
  ends[word] = (ends[word] ?? 0) + 1;
  if (--left === 0) {
    const { rss } = process.memoryUsage();
    require('node:fs').writeFileSync(process.env.FAULTS_REPORT, JSON.stringify({ rss }));
    console.log(JSON.stringify(ends));
  }
};

let begun = 0;
function more() {
  // Not faster than the kernel's queue of a listening socket takes them.
  for (let i = 0; i < 200 && begun < n; i++, begun++)
    http
      .get(`${process.env.SERVER}/hold?${begun}`, { agent }, (response) => {
        response.resume().on('end', () => note(response.statusCode));
      })
      .on('error', (error) => note(error.code));
  if (begun < n) setImmediate(more);
}
more();
