/** A body that came and could not be decoded is told from one that did not come. */
import { expect, test } from 'vitest';
import type { Request } from '../../../model/records';
import { ms, storeOf } from '../../testing/store';
import { one } from '../../testing/verdictRecords';
import { verdictOf } from '../verdict';

type Response = NonNullable<Request['response']>;

function verdict(response: Partial<Response>, more: Partial<Request> = {}): ReturnType<typeof verdictOf> {
  const made = one(more);
  const store = storeOf(made);
  const r = store.requests.get('1-0-1') as Request;
  store.setRequest({ ...r, response: { ...r.response, status: 200, ...response } });
  return verdictOf(store.requests.get('1-0-1') as Request, store, 5000 * ms);
}

const gunzip = { code: 'Z_DATA_ERROR', message: 'incorrect header check', decoder: 'Gunzip' };

test('not what the Content-Encoding says', () =>
  expect(verdict({ contentEncoding: 'gzip', wireBytes: 2048, decodeError: gunzip })).toMatchObject({
    level: 'failed',
    rule: 'undecodable',
    fault: 'server',
    certainty: 'likely',
    text: 'The body arrived whole (2.0 kB), but it is not valid gzip, which its Content-Encoding declares: incorrect header check (Z_DATA_ERROR).',
    advice: 'Check what the server, or a proxy before it, sends (`curl --raw`): gzip begins with the bytes 1f 8b.',
  }));

test('compressed data that ends too early', () =>
  expect(
    verdict({
      contentEncoding: 'gzip',
      decodeError: { code: 'Z_BUF_ERROR', message: 'unexpected end of file', decoder: 'Gunzip' },
    }).text,
  ).toBe('The body arrived as declared, but its gzip data ends too early: unexpected end of file (Z_BUF_ERROR).'));

test('a coding without a mark at its begin, given up before all of it came', () =>
  expect(
    verdict(
      { contentEncoding: 'br', decodeError: { code: 'ERR__ERROR_FORMAT_PADDING_1', decoder: 'BrotliDecompress' } },
      { outcome: 'aborted' },
    ),
  ).toMatchObject({
    text: 'The body arrived, but it is not valid br, which its Content-Encoding declares: no reason given (ERR__ERROR_FORMAT_PADDING_1).',
    advice: 'Check what the server, or a proxy before it, sends (`curl --raw`).',
  }));

test.each([
  ['gzip', 'Inflate'],
  ['deflate', 'Gunzip'],
  ['br', 'Unzip'],
])('%s decoded with %s is the program’s', (contentEncoding, decoder) =>
  expect(verdict({ contentEncoding, decodeError: { ...gunzip, decoder } })).toMatchObject({
    rule: 'undecodable',
    fault: 'yourCode',
    text: `The body is declared as ${contentEncoding}, and the program decoded it with ${decoder}: incorrect header check (Z_DATA_ERROR).`,
  }),
);

test('a connection that was cut is not: its decoder may fail for that', () =>
  expect(
    verdict(
      { contentEncoding: 'gzip', decodeError: gunzip },
      { outcome: 'failed', error: { phase: 'download', code: 'ECONNRESET' } },
    ).rule,
  ).not.toBe('undecodable'));
