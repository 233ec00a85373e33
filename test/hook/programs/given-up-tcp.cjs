// Given up by a signal while the connection is being made: nobody gets its SYN.
const http = require('node:http');
const error = (e) => console.log(e.name);

new Request('http://[::1]:8080/');
(async () => {
  await fetch('http://[::1]:8080/fetch', { signal: AbortSignal.timeout(300) }).catch(error);
  http.get('http://[::1]:8080/http', { signal: AbortSignal.timeout(300) }).on('error', (e) => {
    error(e);
    process.exit();
  });
})();
