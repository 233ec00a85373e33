// Two requests, each on its own connection, by the same agent.
const https = require('node:https');
const { readFileSync } = require('node:fs');
const ca = readFileSync(process.env.UP_CA);

async function main() {
  const agent = new https.Agent({ keepAlive: false, ca });
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve, reject) => {
      https
        .get(`${process.env.UP_HTTPS}/ok`, { agent }, (res) => res.resume().on('close', resolve))
        .on('error', reject);
    });
    // Its ticket comes after the handshake, in a separate record.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
main();
