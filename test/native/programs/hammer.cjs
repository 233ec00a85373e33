// Another program that speaks with the same servers as fast as it can, until it is killed.
const http = require('node:http');
const https = require('node:https');

const again = (lib, url) =>
  lib
    .get(url, { agent: false, rejectUnauthorized: false }, (r) => r.resume().on('end', () => again(lib, url)))
    .on('error', () => process.exit());
again(http, `${process.env.HTTP}/ok?foreign`);
again(https, `${process.env.HTTPS}/ok?foreign`);
