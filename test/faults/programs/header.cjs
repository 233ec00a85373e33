// Asks a server whose header never ends, with http and with fetch; says how each failed.
const http = require('node:http');
const url = process.env.ENDLESS;

const ask = () =>
  new Promise((resolve) => {
    http
      .get(url, (response) => resolve(`response ${response.statusCode}`))
      .on('error', (error) => resolve(`${error.name} ${error.code} ${error.message}`));
  });

(async () => {
  console.log(await ask());
  console.log(
    await fetch(url).then(
      (response) => `response ${response.status}`,
      (error) => `${error.name} ${error.message} ${error.cause?.code}`,
    ),
  );
})();
