/** undici.pipeline, of copies that the program brings: the same results, and each request with its API and line. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodes, repository } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';

const program = join(import.meta.dirname, '../programs/pipeline.cjs');

describe.each(nodes.filter(({ major }) => major === 20 || major === 24))('Node $major', (node) => {
  test.each(['undici6', 'undici7'])('pipeline of %s is recorded, with the API named', async (copy) => {
    const env = { UNDICI: join(repository, 'test/matrix/clients/node_modules', copy) };
    const [plain, run] = await Promise.all([runPlain(node, program, { env }), runTraced(node, program, { env })]);
    expect(plain.stdout).toBe('200\nhello /one\n200\nhello /two\n');
    expect({ out: run.stdout, err: run.stderr, code: run.code }).toEqual({
      out: plain.stdout,
      err: plain.stderr,
      code: 0,
    });
    const { requests } = run.trace;
    expect(requests.map(({ method, url, response }) => [method, url?.slice(-4), response?.status])).toEqual([
      ['POST', '/one', 200],
      ['POST', '/two', 200],
    ]);
    for (const request of requests) {
      expect(request).toMatchObject({
        api: 'undici',
        client: { name: 'undici', bundled: false },
        callSite: { line: 12, kind: 'user' },
      });
    }
  });
});
