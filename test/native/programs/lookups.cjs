// Lookups behind work that holds the only thread of the pool; then three names one after the other, and one twice at once.
const { pbkdf2 } = require('node:crypto');
const { lookup } = require('node:dns');

const ask = (name) => new Promise((done) => lookup(name, { family: 4 }, (error) => done(error?.code)));

(async () => {
  const held = new Promise((done) => pbkdf2('a', 'b', 600_000, 64, 'sha512', done));
  await Promise.all([held, ask('behind.example')]);
  await ask('alone.example');
  await ask('unknown.example');
  await Promise.all([ask('twice.example'), ask('twice.example')]);
})();
