// A server whose certificate ran out, signed by an authority that is trusted.
const https = require('node:https');
const { readFileSync } = require('node:fs');

const ca = readFileSync(process.env.UP_CA);
https
  // @get
  .get(`${process.env.UP_EXPIRED}/ok`, { ca, agent: new https.Agent() }, () => console.log('answered'))
  .on('error', (e) => {
    console.log(e.code);
  });
