// A wrapper that starts the program without the environment it was given.
const { spawnSync } = require('node:child_process');
spawnSync(process.execPath, [`${__dirname}/out/shop.js`], { stdio: 'inherit', env: {} });
