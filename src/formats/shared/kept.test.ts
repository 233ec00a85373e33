import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Trace } from '../../model/records';
import { eveText } from '../eve/write';
import { harText } from '../har/write';

const golden = JSON.parse(readFileSync(join(__dirname, '../../model/golden/example.nettrace.json'), 'utf8')) as Trace;

test('HAR and EVE say how many of the requests they hold; of a whole trace nothing is added', () => {
  const description = 'node app.js';
  const cut = { ...golden, description, counts: { ...golden.counts, requests: 30_008, evictedRequests: 30_000 } };
  const words = 'Holds the last 8 of 30,008 requests';
  expect(JSON.parse(harText(cut)).log.comment).toContain(`node app.js · ${words}`);
  expect(eveText(cut)).toContain(words);
  const whole = { ...golden, description };
  expect(JSON.parse(harText(whole)).log.comment).toBe(description);
  expect(eveText(whole)).not.toContain('Holds the last');
});
