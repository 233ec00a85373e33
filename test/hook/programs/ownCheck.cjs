// The program's own check of the certificate refuses: with a code, without one, and one that calls Node's. Then one that passes.
const https = require('node:https');
const tls = require('node:tls');
const ca = require('node:fs').readFileSync(process.env.UP_CA);
const checks = {
  code: () => Object.assign(new Error('the key is another'), { code: 'EPIN' }),
  message: () => new Error('the key is another'),
  nodes: (_, certificate) => tls.checkServerIdentity('other.example', certificate),
  passes: () => undefined,
};
(async () => {
  for (const [name, checkServerIdentity] of Object.entries(checks))
    await new Promise((done) =>
      https
        .get(`${process.argv[2]}/ok?${name}`, { ca, checkServerIdentity, agent: false }, (answer) =>
          answer.resume().on('end', done),
        )
        .on('error', (error) => {
          console.log(name, error.code, error.message);
          done();
        }),
    );
})();
