// Responses that fetch refuses although they are whole, and two redirects that are none of these.
const base = process.env.REFUSED_URL;
const stream = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('a'));
      controller.close();
    },
  });
const calls = [
  ['once', { redirect: 'error' }],
  ['once', { redirect: 'manual' }],
  ['once', {}],
  ['ftp', {}],
  ['port', {}],
  ['bad', {}],
  ['long', { redirect: 'error' }],
  ['once', { method: 'PUT', body: stream(), duplex: 'half' }],
  ['ok', { integrity: 'sha256-AAAA' }],
  ['ok', { integrity: 'sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=' }],
  ['loop', {}],
];
process.on('unhandledRejection', (e) => console.log('unhandled', e.message));
for (const [path, options] of calls)
  try {
    const response = await fetch(`${base}/${path}`, options);
    console.log(path, response.status, (await response.text()).length);
  } catch (e) {
    console.log(path, e.message, e.cause?.message);
  }
fetch(`${base}/once`, { redirect: 'error' });
