/** Prints the names of the private fields that a debugger shows of a request, its response and its socket. Port: UP_PORT. */
const http = require('node:http');
const { Session } = require('node:inspector');

const session = new Session();
session.connect();
const asked = (method, parameters) =>
  new Promise((resolve, reject) => {
    session.post(method, parameters, (error, result) => (error ? reject(error) : resolve(result)));
  });

async function namesOf(expression) {
  const { result } = await asked('Runtime.evaluate', { expression });
  const { privateProperties = [] } = await asked('Runtime.getProperties', { objectId: result.objectId });
  return privateProperties.map(({ name }) => name);
}

globalThis.req = http.get({ host: '127.0.0.1', port: process.env.UP_PORT, path: '/ok' }, async (res) => {
  globalThis.res = res;
  const names = [];
  for (const expression of ['req', 'res', 'req.socket']) names.push(await namesOf(expression));
  console.log(JSON.stringify(names));
  res.resume();
});
