// The global fetch from an ES module, with top-level await.
const base = process.env.UP_HTTP;
const done = async (answer) => `${answer.status} ${(await answer.text()).length}`;

console.log('first', await done(await fetch(`${base}/ok?n=1`))); // @first
console.log('second', await done(await fetch(`${base}/ok?n=2`))); // @second
console.log('post', await done(await fetch(`${base}/echo`, { method: 'POST', body: 'x'.repeat(1000) }))); // @post
console.log('redirect', await done(await fetch(`${base}/redirect?n=1`))); // @redirect
console.log('status', await done(await fetch(`${base}/status?is=503`))); // @status
const think = (p) => fetch(`${base}/think?ms=30&p=${p}`).then(done); // @parallel
console.log('parallel', ...(await Promise.all([think('a'), think('b')])));
