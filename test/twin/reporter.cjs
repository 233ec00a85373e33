/** Mocha reporter: one JSON line a test, appended to the file TWIN_OUT, whatever the tests print themselves. */
const { appendFileSync } = require('node:fs');

module.exports = function Reporter(runner) {
  const say = (result) => (test, error) => {
    const line = { title: test.fullTitle(), result, error: error ? `${error.name}: ${error.message}` : undefined };
    appendFileSync(process.env.TWIN_OUT, `${JSON.stringify(line)}\n`);
  };
  runner.on('pass', say('pass'));
  runner.on('fail', say('fail'));
  runner.on('pending', say('skip'));
};
