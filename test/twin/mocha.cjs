/**
 * Mocha without its command line, which does not start on the newest Node:
 *   mocha.cjs REPORTER OPTIONS FILE...   (OPTIONS: those of `new Mocha`, as JSON)
 */
const Mocha = require('mocha');
const { resolve } = require('node:path');

const [reporter, options, ...files] = process.argv.slice(2);
const { grep, ...rest } = JSON.parse(options);
const mocha = new Mocha({ ui: 'bdd', reporter, ...rest });
if (grep !== undefined) mocha.grep(new RegExp(grep));
for (const file of files) mocha.addFile(resolve(file));
mocha.run((failures) => process.exit(Math.min(failures, 255)));
