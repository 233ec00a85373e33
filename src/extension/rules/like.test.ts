/** Rules for requests like one: what they match, by the query language itself. */
import { expect, test } from 'vitest';
import { parseQuery } from '../../model/query';
import { conditionLike } from './like';

test.each([
  [{ method: 'GET', host: 'api.test', path: '/v2/cart' }, 'method:GET host:api.test path:/v2/cart'],
  [{ method: 'POST', host: '127.0.0.1:8080', path: '/users/42/orders' }, 'path:/users/*/orders'],
  [{ method: 'GET', host: 'api.test', path: '/hooks/***/x' }, 'path:/hooks/*/x'],
  [{ method: 'GET', host: '[::1]:80', path: '/a b/"c"' }, 'method:GET'],
])('%o', (row, part) => {
  const condition = conditionLike(row);
  expect(condition).toContain(part);
  expect(parseQuery(condition).error).toBeUndefined();
});
