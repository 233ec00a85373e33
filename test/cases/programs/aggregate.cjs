// A name with two addresses where nobody listens: from Node 20 on one error holds both.
const http = require('node:http');

const lookup = (_name, options, done) => {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '127.0.0.2', family: 4 },
  ];
  if (options.all) done(null, addresses);
  else done(null, addresses[0].address, 4);
};
// A busy machine may need more than the usual 250 ms to see that the first one refuses.
const patient = { autoSelectFamilyAttemptTimeout: 10_000 };
http
  .get({ host: 'two.test', port: process.env.UP_CLOSED, lookup, agent: new http.Agent(), ...patient })
  .on('error', (e) => console.log(e.name, e.code, e.errors?.length));
