import { expect, test } from 'vitest';
import { Http1Record, type Outgoing } from '../http1/record';

test('a record has few own fields until something rare happens', () => {
  const outgoing = { method: 'GET', path: '/', host: 'localhost', protocol: 'http:', getHeader: () => undefined };
  const r = new Http1Record(1, outgoing as unknown as Outgoing, { port: 80 });
  // Each costs 8 to 24 bytes a request; what few requests have belongs on the prototype, see `rare`.
  expect(Object.keys(r).length).toBeLessThanOrEqual(44);
  expect([r.timeoutKind, r.attempt, r.upload, r.declared]).toEqual(['', 1, undefined, -1]);
  r.attempt = 2;
  expect(new Http1Record(1, outgoing as unknown as Outgoing, { port: 80 }).attempt).toBe(1);
});
