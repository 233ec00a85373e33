/**
 * Attempts to connect that failed or lost, of which the hook does not know the port: with their packets captured, the kernel's
 * facts of them are there too.
 */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Trace } from '../../src/model/records';
import { scratch } from '../../src/session/testing/scratch';
import { shipped, whyNot } from './testing/helper';

const why = whyNot('figures of attempts that failed', { root: true });

/** The first address refuses, the second one answers. */
const program = `
  const http = require('node:http');
  const both = [{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }];
  const server = http.createServer((q, a) => a.end('x')).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    const lookup = (_name, _options, done) => done(null, both);
    http.get({ host: 'localhost', port, lookup, agent: false }, (r) => r.resume().on('end', () => server.close()));
  });
`;

test.skipIf(why)('the attempt that lost has its last figures and events, the one that won too', async () => {
  const folder = scratch();
  const [out, file] = [join(folder, 'a.nettrace.json'), join(folder, 'program.cjs')];
  writeFileSync(file, program);
  const args = ['run', '--quiet', '--capture', '--helper', 'all', '-o', out, '--', process.execPath, file];
  const stderr = expect.stringMatching(/^nettrace: --capture without -o FILE\.pcapng.*\n$/);
  expect(await shipped().run(args)).toMatchObject({ code: 0, stderr });
  const trace = JSON.parse(await readFile(out, 'utf8')) as Trace;
  const [lost, won] = ['failed', 'connected'].map((result) =>
    trace.connections.find((c) => c.connect?.result === result),
  );
  expect(lost).toMatchObject({ remote: { address: '::1' }, by: { local: 'capture' } });
  expect(lost?.kernel).toMatchObject({ final: true, state: 'close', segmentsSent: 1 });
  expect(won?.kernel).toMatchObject({ final: true });
  const kinds = trace.kernelEvents?.filter((e) => e.connection === lost?.id).map((e) => e.kind);
  expect(kinds).toEqual(expect.arrayContaining(['state', 'resetReceived', 'error']));
});
