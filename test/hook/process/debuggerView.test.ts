/** What somebody sees of us who looks at the program's own objects in a debugger. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodes } from '../../support/programs/nodes';
import { runPlain } from '../../support/programs/program';
import { runTraced } from '../../support/programs/run';
import { Upstream } from '../../support/servers/upstream';

const program = join(import.meta.dirname, '../programs/privateNames.cjs');
let upstream: Upstream;
beforeAll(async () => {
  upstream = await Upstream.start();
});
afterAll(() => upstream.close());

describe.each(nodes)('Node $major', (node) => {
  test('one private field, whose name says whose it is', async () => {
    const env = { UP_PORT: new URL(upstream.urls.http).port };
    const [plain, traced] = [await runPlain(node, program, { env }), await runTraced(node, program, { env })];
    const names = JSON.parse(plain.stdout) as string[][];
    expect(traced.code).toBe(0);
    expect(JSON.parse(traced.stdout)).toEqual(names.map((list) => [...list, '#nettrace']));
  });
});
