import { describe, expect, test } from 'vitest';
import { superlinear } from '../../../test/support/growth';
import { maskArguments } from './arguments';
import { maskBody } from './bodyMask';
import { maskQuery, maskText, maskUrl } from './mask';
import { isSecretName } from './names';
import { maskPairs } from './pairs';
import { maskShapes } from './shapes';

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
