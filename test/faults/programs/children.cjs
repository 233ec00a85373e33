// Forks so many children, a few at a time; each asks once and ends with code 3. Says how they ended.
const { fork } = require('node:child_process');
const n = Number(process.argv[2]);
const ends = {};
let begun = 0;
let left = n;

function next() {
  if (begun >= n) return;
  fork(require.resolve('./child.cjs'), [String(begun++)]).on('exit', (code, signal) => {
    const word = signal ?? code;
    ends[word] = (ends[word] ?? 0) + 1;
    if (--left === 0) console.log(JSON.stringify(ends));
    next();
  });
}
for (let i = 0; i < 4; i++) next();
