// One HTTPS request to $TARGET, with a header and parameters; it ends once something is typed.
const https = require('node:https');

https
  .get(process.env.TARGET, { headers: { 'X-Internal': 'internal-7', 'X-Public': 'public-7' } }, (response) => {
    response.resume();
    response.on('end', () => process.stdout.write('done\n'));
  })
  .on('error', (error) => process.stdout.write(`${error}\n`));
process.stdin.once('data', () => process.exit());
