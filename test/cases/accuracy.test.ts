/**
 * Phases and instants against the packets that tcpdump saw of the same run. ACCURACY=200 measures that many requests of
 * each client on each Node, directly and over a delay, and writes docs/accuracy.md (node test/accuracy/run.mjs).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { whyNoCapture } from '../accuracy/capture';
import { measure, rowsOf } from '../accuracy/compare';
import { report } from '../accuracy/report';
import { present } from '../support/observe';
import { nodes, repository } from '../support/programs/nodes';

const many = Number(process.env.ACCURACY ?? 0);
const why = whyNoCapture();
if (why !== undefined) console.log(`Accuracy against packets: skipped, ${why}.`);

describe.skipIf(why !== undefined)('against the packets', () => {
  const node = present(nodes.find((n) => n.major === 24) ?? nodes.at(-1), 'a Node');

  if (many === 0) {
    test('each figure is between the packets that come before and after it', async () => {
      const differences = await measure(node, 9, 0, 3);
      for (const { count } of rowsOf(differences)) expect(count).toBe(9);
      expect(differences.filter((d) => d.misplaced)).toEqual([]);
    });
  } else {
    test('writes docs/accuracy.md', { timeout: 1_200_000 }, async () => {
      const runs = [];
      for (const each of nodes) {
        for (const delayMs of [0, 10])
          runs.push({ node: each, delayMs, rows: rowsOf(await measure(each, many, delayMs)) });
      }
      const text = report(runs);
      if (nodes.length === 5) writeFileSync(join(repository, 'docs/accuracy.md'), text);
      else console.log(text);
      const late = runs.flatMap((r) =>
        r.rows.filter((row) => row.p95 >= 1000).map((row) => `${r.node.version} ${row.client} ${row.what}`),
      );
      console.log(late.length === 0 ? 'p95 below 1 ms everywhere' : `p95 of 1 ms or more: ${late.join('; ')}`);
    });
  }
});
