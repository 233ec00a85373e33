import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { superlinear } from '../../../test/support/growth';
import { maskArguments } from './arguments';
import { maskBody } from './bodyMask';
import { maskBeginning, maskHeader, maskQuery, maskText, maskUrl } from './mask';
import { isSecretHeader, isSecretName } from './names';
import { maskPairs } from './pairs';
import { maskShapes, places, shapes, shortestToken } from './shapes';

const a = (n: number): string => 'aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0z'.repeat(5).slice(0, n);
const hex = (n: number): string => '0f1e2d3c4b5a69788796a5b4c3d2e1f0'.repeat(5).slice(0, n);

/** Made up; each put together here, so that no scanner takes this file for a leak. */
const examples: Record<string, string[]> = {
  github: [`ghp_${a(36)}`, `gho_${a(36)}`, `ghs_${a(36)}`, `github_pat_${a(22)}_${a(59)}`],
  gitlab: [`glpat-${a(20)}`, `gldt-${a(20)}`, `glrt-${a(20)}`],
  slack: [`xoxb-123456789012-${a(24)}`, `xoxp-1-2-3-${a(20)}`, `xapp-1-A0B1-${a(20)}`],
  npm: [`npm_${a(36)}`],
  aws: ['AKIA', 'ASIA'].map((id) => `${id}IOSFODNN7EXAMPLE`),
  google: [`AIza${a(35)}`, `GOCSPX-${a(28)}`],
  stripe: [`sk_live_${a(24)}`, `rk_test_${a(24)}`, `whsec_${a(32)}`],
  models: [`sk-proj-${a(40)}`, `sk-ant-api03-${a(93)}AA`, `gsk_${a(52)}`, `xai-${a(80)}`, `pplx-${a(48)}`],
  secretKey: [`sk-${a(48)}`],
  huggingFace: ['hf_aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH', `r8_${a(37)}`],
  pypi: [`pypi-AgEIcHlwaS5vcmc${a(60)}`],
  digitalOcean: [`dop_v1_${hex(64)}`],
  shopify: [`shpat_${hex(32)}`],
  mailgun: [`key-${hex(32)}`],
  twilio: [`SK${hex(32)}`],
  atlassian: [`ATATT3${a(60)}`],
  linear: [`lin_api_${a(40)}`],
  notion: [`ntn_${a(46)}`, `secret_${a(43)}`],
  figma: [`figd_${a(40)}`],
  sentry: [`sntrys_${a(40)}`],
  databricks: [`dapi${hex(32)}`],
  docker: [`dckr_pat_${a(27)}`],
  grafana: [`glsa_${a(32)}_${hex(8)}`, `glc_${a(40)}`],
  planetScale: [`pscale_tkn_${a(43)}`],
  supabase: [`sbp_${hex(40)}`],
  newRelic: ['NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZ0'],
  rubyGems: [`rubygems_${hex(48)}`],
  square: [`sq0atp-${a(22)}`],
  age: [`AGE-SECRET-KEY-1${'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)}`],
  alibaba: [`LTAI${a(20)}`],
  facebook: [`EAA${a(120)}`],
  postman: [`PMAK-${hex(24)}-${hex(34)}`],
  netlify: [`nfp_${a(36)}`],
};
/** Before the token, and the token. */
const placed: Record<string, [before: string, token: string]> = {
  telegram: ['https://api.telegram.org/bot123456789:', `AAF${a(32)}`],
  slackHook: ['https://hooks.slack.com/services/T0AB12CDE/B0AB12CDE/', a(24)],
  discordHook: ['https://discord.com/api/webhooks/123456789012345678/', a(68)],
  teamsHook: ['https://x.webhook.office.com/webhookb2/g@t/IncomingWebhook/', hex(32)],
  provider: ['https://mainnet.infura.io/v3/', hex(32)],
  google: ['Authorized with ya29.', a(60)],
  googleRefresh: ['refreshed by 1//', `0g${a(50)}`],
  vault: ['vault says hvs.', a(24)],
  sendGrid: ['mail with SG.', `${a(22)}.${a(43)}`],
  terraform: [`${a(14)}.atlasv1.`, a(60)],
  doppler: ['dp.pt.', a(43)],
};
const webToken = `eyJhbGciOiJIUzI1NiJ9.eyJ${a(30)}.${a(43)}`;
const pem = `-----BEGIN RSA PRIVATE KEY-----\n${a(64)}\n${a(64)}\n-----END RSA PRIVATE KEY-----`;
const tokens = [...Object.values(examples).flat(), webToken];

describe('shapes', () => {
  test('each has an example', () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(shapes).sort());
    expect(Object.keys(placed).sort()).toEqual(Object.keys(places).sort());
  });

  test.each(Object.entries({ ...examples, webToken: [webToken] }))('%s, wherever it stands', (_, list) => {
    for (const token of list) {
      const rest = [
        maskUrl(`https://a.example/v1/${token}/items`),
        maskUrl(`https://a.example/v1?x=${token}&y=1`),
        maskUrl(`https://a.example/r?to=${encodeURIComponent(`https://b.example/${token}/x`)}`),
        maskText(`failed with ${token}, try again`),
        maskHeader('x-thing', token),
        maskBody(JSON.stringify({ a: { note: `it is ${token}` } }), 'application/json'),
        maskBody(`a=1&b=${token}`, 'application/x-www-form-urlencoded'),
        maskBody(`--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${token}\r\n--x--`, 'multipart/form-data'),
        maskBody(`<a><b c="${token}">${token}</b></a>`, 'text/xml'),
        maskArguments(['node', 'x.js', token]).join(' '),
      ];
      for (const text of rest) {
        expect(text).not.toContain(token.slice(0, 16));
        expect(text).toContain('***');
      }
    }
  });

  test.each(Object.entries(placed))('%s by its place', (_, [before, token]) => {
    const shown = maskText(`${before}${token} x`);
    expect(shown).toBe(`${before}*** x`);
    expect(maskUrl(`${before}${token}`)).toBe(`${before}***`);
  });

  // The search looks at their first characters alone, so these must be all that there are.
  test.each(Object.entries(shapes))('%s: whatever its form allows is found', (_, { heads, form }) => {
    const source = form.source.replaceAll('(?<![A-Za-z0-9])', '');
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(`^(?:${source})$`)), (token) => {
        expect(maskShapes(` ${token.padEnd(shortestToken, '0')} `)).toBe(' *** ');
      }),
      { numRuns: 400 },
    );
    for (const head of heads.split(' ')) expect(head).toMatch(/^(?=.*[^0-9a-f-])[\w-]{3}$/);
  });

  test.each(Object.entries(places))('%s: whatever may stand before it', (_, { before, min }) => {
    const source = before.source.slice('(?<='.length, -1).replaceAll('\\b', '');
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(`^(?:${source})$`)), (place) => {
        // What is long enough in the place itself may be masked too.
        expect(maskShapes(` ${place}${'0'.repeat(min)} `).slice(-5)).toMatch(/.\*{3} /);
      }),
      { numRuns: 200 },
    );
  });

  test('private keys, also cut and in JSON', () => {
    expect(maskText(`key:\n${pem}\nend`)).toBe(
      'key:\n-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----\nend',
    );
    expect(maskText(pem.slice(0, 70))).toBe('-----BEGIN RSA PRIVATE KEY-----***');
    expect(maskBody(JSON.stringify({ a: pem }), 'application/json')).not.toContain(a(64));
    expect(maskText('-----BEGIN CERTIFICATE-----\nMIIB')).toBe('-----BEGIN CERTIFICATE-----\nMIIB');
  });
});

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

describe('command lines', () => {
  test.each([
    ['curl -u user:pw https://h', 'curl -u *** https://h'],
    ['curl --user=user:pw https://h', 'curl --user=*** https://h'],
    ['mocha -u tdd', 'mocha -u tdd'],
    ['docker run -u 1000:1000 x', 'docker run -u 1000:1000 x'],
    ['env DB_PASSWORD=hunter2 node a.js', 'env DB_PASSWORD=*** node a.js'],
    ['x --pass hunter2 --passphrase=p,q;r', 'x --pass *** --passphrase=***'],
    ['mysql -phunter2 -P 3306', 'mysql -p*** -P 3306'],
    ['x -p 3000 -p3000 -pe 1+1', 'x -p 3000 -p3000 -pe 1+1'],
    ['x --header=x-api-key:abc --port=80', 'x --header=x-api-key:*** --port=80'],
    ['curl -Hprivate-token:abc', 'curl -Hprivate-token:***'],
    ['node a.js --url=postgres://u:p@h/db?sslmode=require', 'node a.js --url=postgres://***@h/db?sslmode=require'],
    ['mysql -p hunter2 shop', 'mysql -p *** shop'],
    ['npx mysqldump.exe -h db -P 3306 -p 12345 shop', 'npx mysqldump.exe -h db -P 3306 -p *** shop'],
    ['/usr/bin/sshpass -p 4711 ssh -p 2222 me@h', '/usr/bin/sshpass -p *** ssh -p 2222 me@h'],
    ['mongosh mongodb://h/db -p hunter2', 'mongosh mongodb://h/db -p ***'],
    ['docker login -p hunter2 registry.example', 'docker login -p *** registry.example'],
    ['redis-cli -h r -a hunter2 ping', 'redis-cli -h r -a *** ping'],
    ['sqlcmd -S h -U sa -P hunter2', 'sqlcmd -S h -U sa -P ***'],
    ['ldapsearch -x -w hunter2', 'ldapsearch -x -w ***'],
    ['node import.js -u me -p hunter2', 'node import.js -u me -p ***'],
    ['node import.js --username=me -v -h db -p hunter2', 'node import.js --username=me -v -h db -p ***'],
    ['node import.js -p hunter2 -h db -u me', 'node import.js -p *** -h db -u me'],
  ])('%s', (line, shown) => expect(maskArguments(line.split(' ')).join(' ')).toBe(shown));

  test.each([
    ...['node app.js -p 8080', 'node app.js -u me -p 8080', 'docker run -u node -p 127.0.0.1:8080:80/tcp -p 90 app'],
    ...['mysql -u root -p', 'mysql -p --host=db', 'ssh -p 22 me@h', 'psql -U me -p 5432 shop', 'mkdir -p build/out'],
    ...['sudo -u node mkdir -p build/out', 'tsc -p tsconfig.build.json', 'npx -p typescript tsc', 'cp -u -p a b'],
    ...['node -p 1+1', 'git push -p -u origin main', 'grep -a word file', 'tail -w x', 'lsof -a -p 4711', 'ab -P x'],
  ])('%s stays', (line) => {
    expect(maskArguments(line.split(' ')).join(' ')).toBe(line);
    expect(maskArguments(['sh', '-c', line])[2]).toBe(line);
  });

  test('a whole command as one argument', () => {
    expect(maskArguments(['sh', '-c', 'sleep 1; mysql -u root -p "a b" shop && x -p 80'])[2]).toBe(
      'sleep 1; mysql -u root -p *** shop && x -p 80',
    );
    expect(maskArguments(['sh', '-c', "node a.js -u me -p 'it\"s' -v"])[2]).toBe('node a.js -u me -p *** -v');
  });

  test('arguments with spaces', () => {
    expect(maskArguments(['curl', '-H', 'x-api-key: a b', '-H', 'Accept: */*'])).toEqual([
      ...['curl', '-H', 'x-api-key: ***', '-H', 'Accept: */*'],
    ]);
    expect(maskArguments(['sh', '-c', 'node a.js --token=y; DB_PASSWORD=x node b.js'])[2]).toBe(
      'node a.js --token=*** DB_PASSWORD=*** node b.js',
    );
    // A variable alone is all of its argument: a password may hold spaces.
    expect(maskArguments(['DB_PASSWORD=a b'])).toEqual(['DB_PASSWORD=***']);
    expect(maskArguments(['-d', '{"password":"a b"}'])).toEqual(['-d', '{"password":"***"}']);
    expect(maskArguments(['--password=a b,c'])).toEqual(['--password=***']);
  });
});

describe('URLs in URLs', () => {
  const inner = 'https://user:pw@h.example/cb?access_token=abc&x=1';
  test.each([
    `https://a.example/login?next=${encodeURIComponent(inner)}`,
    `https://a.example/login?next=${encodeURIComponent(`https://b.example/?u=${encodeURIComponent(inner)}`)}`,
    `https://a.example/proxy/${encodeURIComponent(inner)}`,
    `https://a.example/proxy/${inner}`,
    `https://a.example/login?next=/cb?access_token=abc`,
    `https://a.example/login?f=${encodeURIComponent('{"access_token":"abc"}')}`,
    `https://a.example/x;jsessionid=abc/y?user[password]=abc`,
  ])('%s', (url) => {
    const shown = maskUrl(url);
    expect(decodeURIComponent(decodeURIComponent(shown))).not.toMatch(/abc|pw@/);
    expect(maskUrl(shown)).toBe(shown);
  });
  test('what holds none is written as it was', () => {
    const url = `https://a.example/?next=${encodeURIComponent('https://b.example/ü?a=1')}&q=%zz%e4`;
    expect(maskUrl(url)).toBe(url);
  });
});

describe('texts', () => {
  test.each([
    ["{ user: 'u', password: 'p w', port: 5432 }", "{ user: 'u', password: '***', port: 5432 }"],
    ['{"a":"{\\"token\\":\\"x\\",\\"b\\":1}"}', '{"a":"{\\"token\\":\\"***\\",\\"b\\":1}"}'],
    ['Server=h;Database=d;Password=p;Timeout=5', 'Server=h;Database=d;Password=***;Timeout=5'],
    ['invalid x-api-key: abc, sent', 'invalid x-api-key: *** sent'],
    ['Cookie: a=b; c=d\nHost: h', 'Cookie: ***\nHost: h'],
    ['  password: hunter2\n  host: h', '  password: ***\n  host: h'],
    ['Invalid password: must have 8 characters', 'Invalid password: must have 8 characters'],
    ['Unexpected token undefinedx in JSON', 'Unexpected token undefinedx in JSON'],
    ['Basic authentication failed at 10:02:32', 'Basic authentication failed at 10:02:32'],
    ['{"max_tokens":4096,"tokens":"12","session":true}', '{"max_tokens":4096,"tokens":"***","session":true}'],
    ['{"otp":123456,"password":null}', '{"otp":"***","password":null}'],
    ['a == b && token == c', 'a == b && token == c'],
  ])('%s', (text, shown) => {
    expect(maskText(text)).toBe(shown);
    expect(maskText(shown)).toBe(shown);
  });

  test('a secret that straddles the cut is masked, never half shown', () => {
    const secrets = [...tokens, `https://user:${'p'.repeat(2000)}@h/`, `"password": "${'q w '.repeat(600)}"`, pem];
    for (const secret of secrets) {
      for (const before of [0, 1, 5, 20, 90, 99, 100]) {
        const text = `${'. '.repeat(60).slice(0, before)}${secret} and more ${'. '.repeat(2000)}`;
        const shown = maskBeginning(text, 100, (some, isCut) => maskText(some, undefined, isCut));
        expect(shown.length).toBeLessThanOrEqual(100 + 512);
        for (const part of [secret.slice(0, 12), 'pppp', 'q w q']) {
          if (!/^(?:https|"pass|-----)/.test(part)) expect(shown).not.toContain(part);
        }
      }
    }
  });
});

describe('whatever is round it', () => {
  const secret = fc.constantFrom(...tokens);
  const around = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('"', "'", '=', ':', '\\', '%', '?', '&', '://', '{"a":', '<a>', '\n', 'x=', '-', '.', ' '),
  );
  const functions: Record<string, (text: string) => string> = {
    maskText: (text) => maskText(text),
    maskUrl: (text) => maskUrl(text),
    maskQuery: (text) => maskQuery(text),
    json: (text) => maskBody(text, 'application/json'),
    form: (text) => maskBody(text, 'application/x-www-form-urlencoded'),
    markup: (text) => maskBody(`<x>${text.replace(/^(?:<x>)+/, '')}`, 'text/xml'),
    arguments: (text) => maskArguments([text, text]).join(' '),
  };

  test.each(Object.keys(functions))('%s: a token is never in what comes out, and once is enough', (name) => {
    const mask = functions[name] as (text: string) => string;
    fc.assert(
      fc.property(
        fc.array(around, { maxLength: 4 }),
        secret,
        fc.array(around, { maxLength: 4 }),
        (before, token, after) => {
          // A letter or digit right before some of them makes them part of a longer word.
          const text = `${before.join('').replace(/[A-Za-z0-9_-]+$/, '')}${token}${after.join('')}`;
          expect(mask(text)).not.toContain(token);
        },
      ),
      { numRuns: 400 },
    );
    if (name === 'arguments') return;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(around, secret, fc.constantFrom('token', 'password', 'Bearer ', 'key')), { maxLength: 8 }),
        (parts) => {
          const once = mask(parts.join(''));
          expect(mask(once)).toBe(once);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('a value under a secret name is never in what comes out', () => {
    const value = fc.stringMatching(/^[A-Za-z0-9!$^*_.~-]{6,30}$/).map((s) => `S3${s}`);
    const name = fc.constantFrom('password', 'api_key', 'DB_PASSWORD', 'accessToken', 'client-secret', 'sessid');
    const noise = fc.constantFrom('', 'a=1&', 'x ', '{"a":1,', '\n', '"b":"c",', "'q' ", 'http://h/p?z=1&');
    fc.assert(
      fc.property(noise, name, value, noise, (before, n, v, after) => {
        expect(maskText(`${before}"${n}": "${v}"${after}`)).not.toContain(v);
        expect(maskText(`${before}${n}=${v} ${after}`)).not.toContain(v);
        expect(maskText(`${before}--${n}=${v} ${after}`)).not.toContain(v);
        expect(maskText(`${before}${n}: '${v}' ${after}`)).not.toContain(v);
        expect(maskUrl(`http://h/?${n}=${v}&${after.trim()}`)).not.toContain(v);
        expect(maskArguments(['x', `--${n}`, v]).join(' ')).not.toContain(v);
      }),
      { numRuns: 500 },
    );
  });

  test('a text without a sign of one comes back as it was', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/).filter((w) => !isSecretName(w));
    const text = fc.array(
      fc.oneof(word, fc.nat().map(String), fc.constantFrom(',', '.', '(', ')', '"', '/', '10:30', 'a=b')),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(text, (words) => {
        for (const between of [' ', '/', ', ']) {
          const given = words.join(between);
          expect(maskText(given)).toBe(given);
        }
      }),
    );
  });
});

describe('work grows as the text does', () => {
  const parts = [
    ...[
      'eyJ',
      'eyJ--------',
      'eyJaaaaaaaa.',
      'ghp_',
      'ghp_a-',
      'sk-',
      'xox',
      'AKIA',
      '-----BEGIN ',
      '-----BEGIN A PRIVATE KEY-----',
    ],
    ...[
      '=',
      ':',
      '":',
      '":"',
      '":[',
      '":{',
      '"a":',
      '"token":',
      '"token":[',
      '"token":{"',
      'token=',
      "token='",
      'token="',
      '--token=',
    ],
    ...[
      '?',
      '&',
      ';',
      '#',
      '@',
      '://',
      'a://',
      'a://b@',
      '//',
      '\\',
      '\\"',
      '\\\\',
      '\\"token\\":\\"',
      '%',
      '%3D',
      '%2525',
      '?a=%253Ftoken%253D',
    ],
    ...[
      'bearer ',
      'bearer',
      ' ',
      '\n',
      'a',
      'a-',
      '-',
      '<',
      '<a>',
      '<token>',
      '<a ',
      '<token ',
      '</',
      '{',
      '[',
      '"',
      "'",
      '/bot1:',
      '1//',
      'SG.',
    ],
    ...[
      'help": ["aaa"\n "bbb"\n',
      '"aaa"\n ',
      'password: ',
      'x-api-key: ',
      'Cookie: ',
      '\r\n\r\n',
      '--x\r\n',
      'name="token"\r\n\r\n',
    ],
  ];
  const attacks = parts.flatMap((pump) => [
    { before: '', pump, after: '!' },
    { before: '{"help": [', pump, after: 'x]}' },
    { before: '"token":"', pump, after: '' },
  ]);
  const types = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/html', ''];
  const all: [string, (text: string) => void][] = [
    ['maskUrl', (text) => maskUrl(text)],
    ['maskText', (text) => maskText(text)],
    ['maskText, cut', (text) => maskText(text, undefined, true)],
    ['maskQuery', (text) => maskQuery(text)],
    ['maskPairs', (text) => maskPairs(text)],
    ['maskShapes', (text) => maskShapes(text)],
    ['maskArguments', (text) => maskArguments(['--a', text])],
    ['isSecretName', (text) => isSecretName(text)],
    ...types.map((type): [string, (text: string) => void] => [`maskBody ${type}`, (text) => maskBody(text, type)]),
    ['maskBody of markup', (text) => maskBody(`<a>${text}`, 'text/xml')],
    ['maskBody of a form', (text) => maskBody(`--x\r\n${text}`, 'multipart/form-data')],
  ];
  test.each(all)('%s', { timeout: 300_000 }, (_, run) => expect(superlinear(run, attacks)).toBeUndefined());
});
