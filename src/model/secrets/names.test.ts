import { describe, expect, test } from 'vitest';
import { maskBody } from './bodyMask';
import { isSecretHeader, isSecretName } from './names';

describe('names', () => {
  test.each([
    ...[
      'token',
      'tokens',
      'access_token',
      'Access-Token',
      'accessToken',
      'github_token',
      'user[password]',
      'api_keys[]',
    ],
    ...[
      'passphrase',
      'otp',
      'SAMLResponse',
      'sessid',
      'PHPSESSID',
      'JSESSIONID',
      'connect.sid',
      'DB_PASSWORD',
      'DB_PASS',
    ],
    ...[
      'dbPass',
      'MYSQL_PWD',
      'PGPASSWORD',
      'AWS_SECRET_ACCESS_KEY',
      'password2',
      'password_confirmation',
      'user%5Bpassword%5D',
    ],
    ...[
      'X-Amz-Signature',
      'client_secret',
      'private-key',
      'id_token_hint2'.replace('_hint2', ''),
      'GITHUB_PAT',
      'code',
      'sig',
    ],
  ])('%s is one of a secret', (name) => expect(isSecretName(name)).toBe(true));

  test.each([
    ...[
      'page',
      'q',
      'id',
      'monkey',
      'tokenCount',
      'token_type',
      'bypass',
      'compass',
      'sort_key',
      'primary_key',
      'zipcode',
    ],
    ...[
      'author',
      'keyword',
      'passenger',
      'design',
      'signal',
      'sessions',
      'code_name',
      'secretary',
      'statuscode',
      'hotkey',
    ],
  ])('%s is not', (name) => expect(isSecretName(name)).toBe(false));

  test.each([
    ...['authorization', 'Cookie', 'set-cookie', 'x-vault-token', 'private-token', 'x-goog-api-key', 'apikey', 'dpop'],
    ...['x-api-key', 'x-auth', 'x-hub-signature-256', 'ocp-apim-subscription-key', 'x-csrf-token', 'x-session-id'],
  ])('header %s', (name) => expect(isSecretHeader(name)).toBe(true));

  test.each([
    ...['content-type', 'etag', 'sec-websocket-key', 'idempotency-key', 'surrogate-key', 'x-request-id', 'x-cache-key'],
    ...['www-authenticate', 'x-ratelimit-remaining-tokens', 'date', 'host', 'access-control-allow-credentials'],
  ])('no header %s', (name) => expect(isSecretHeader(name)).toBe(false));

  test('what the user added', () => {
    expect(isSecretName('card_no', ['cardNo'])).toBe(true);
    expect(maskBody('{"cardNo":"4711","code":"c"}', '', { extra: ['cardno'] })).toBe('{"cardNo":"***","code":"c"}');
  });
});
