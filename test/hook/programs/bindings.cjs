// As Node's own tests do: the system's lookup is replaced, and what is asked of it is counted.
const { internalBinding } = require('internal/test/binding');
const cares = internalBinding('cares_wrap');
const asked = [];
cares.getaddrinfo = (req, hostname) => {
  asked.push(hostname);
  setImmediate(() => req.oncomplete(null, ['192.0.2.1']));
  return 0;
};
const dns = require('node:dns');

dns.lookup('a.example', (error, address) => {
  console.log(error, address);
  setTimeout(async () => {
    console.log(
      await dns.promises.lookup('b.example').then(
        (a) => a.address ?? a,
        (e) => e.message,
      ),
    );
    console.log(asked.join());
  }, 20);
});
