// Another program that speaks with the same servers all the time, until it is killed. Not as fast as it can: the kernel
// would have given it every local port before long, those of the program under test too.
const http = require('node:http');
const https = require('node:https');

const again = (lib, url) =>
  lib
    .get(url, { agent: false, rejectUnauthorized: false }, (r) =>
      r.resume().on('end', () => setTimeout(again, 10, lib, url)),
    )
    .on('error', () => process.exit());
again(http, `${process.env.HTTP}/ok?foreign`);
again(https, `${process.env.HTTPS}/ok?foreign`);
