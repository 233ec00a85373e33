/**
 * Mocha without its command line, which does not start on the newest Node:
 *   mocha.cjs REPORTER OPTIONS FILE...   (OPTIONS: those of `new Mocha`, as JSON, and `require`)
 */
const Mocha = require('mocha');
const { resolve } = require('node:path');

const [reporter, options, ...files] = process.argv.slice(2);
const { grep, require: modules = [], ...rest } = JSON.parse(options);
for (const name of modules) require(name);
const mocha = new Mocha({ ui: 'bdd', reporter, ...rest });
if (grep !== undefined) mocha.grep(new RegExp(grep));
for (const file of files) mocha.addFile(resolve(file));
mocha.run((failures) => process.exit(Math.min(failures, 255)));
