/**
 * A request that is made when a lookup is answered has the line of who asked for the lookup; where one lookup answers
 * several, the first alone, and no other has its line.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { problemsOf } from '../../support/check';
import { Observed } from '../../support/observe';
import { nodes } from '../../support/programs/nodes';
import { lineOf } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import { Upstream } from '../../support/servers/upstream';
import { CLIENTS } from '../testing/act';

const program = join(import.meta.dirname, '../programs/askers.cjs');
const packaged = `
const dns = require('node:dns');
const http = require('node:http');
let waiting;
module.exports = (url, done) => {
  const act = () => http.get(url, (answer) => answer.resume().on('end', done));
  if (waiting) return void waiting.push(act);
  waiting = [act];
  dns.lookup('localhost', () => { for (const one of waiting.splice(0)) one(); });
};`;

let upstream: Upstream;
let library: string;
beforeAll(async () => {
  upstream = await Upstream.start();
  library = join(scratch(), 'node_modules/shared-lookup/index.js');
  mkdirSync(join(library, '..'), { recursive: true });
  writeFileSync(library, packaged);
});
afterAll(() => upstream.close());

// undici 7 needs Node 20, undici 8 Node 22.
describe.each(nodes.filter(({ major }) => major >= 22))('Node $major', (node) => {
  test('has the line of the call', async () => {
    const run = await runTraced(node, program, { args: [library], env: { ...upstream.environment, CLIENTS } });
    expect([run.stderr, run.code]).toEqual(['', 0]);
    expect(problemsOf(run)).toEqual([]);
    const places = new Observed(run).requests.map(({ url = '', callSite }) => {
      const { kind, line, file = '' } = callSite ?? {};
      return [new URL(url).search, kind, file === program ? line : file === library ? 'package' : file];
    });
    expect(places).toEqual([
      ['?undici7', 'user', lineOf(program, 'interceptor')],
      ['?undici8', 'user', lineOf(program, 'interceptor')],
      ['?first', 'user', lineOf(program, 'first')],
      ['?second', 'library', 'package'],
    ]);
  });
});
