import { describe, expect, test } from 'vitest';
import { UsageError } from '../terminal/say';
import { endpointOf, type OtlpOptions } from './endpoint';

const of = (o: Partial<OtlpOptions>) => endpointOf({ otlpHeader: [], ...o });

test('a URL without a path gets that of traces, any other stays', () => {
  expect(of({ otlp: 'http://localhost:4318' })?.url).toBe('http://localhost:4318/v1/traces');
  expect(of({ otlp: 'https://x.example/otlp/v1/traces?tenant=7#a' })?.url).toBe(
    'https://x.example/otlp/v1/traces?tenant=7',
  );
});

test('what is shown of it has no secrets', () => {
  expect(of({ otlp: 'https://x.example/?api_key=hunter2' })).toMatchObject({
    url: 'https://x.example/v1/traces?api_key=hunter2',
    shown: 'https://x.example/v1/traces?api_key=***',
  });
});

test('protobuf and gzip hold without a word', () => {
  expect(of({ otlp: 'http://a' })).toMatchObject({ protocol: 'http/protobuf', compression: 'gzip', headers: {} });
  expect(of({})).toBeUndefined();
});

test('headers keep everything behind the first sign', () => {
  const otlpHeader = ['Authorization=Basic a=b==', 'x-empty='];
  expect(of({ otlp: 'http://a', otlpHeader })?.headers).toEqual({ authorization: 'Basic a=b==', 'x-empty': '' });
});

describe('an error before the program starts', () => {
  test.each<[Partial<OtlpOptions>, string]>([
    [{ otlp: 'localhost:4318' }, 'is not supported'],
    [{ otlp: '/v1/traces' }, 'is not a URL'],
    [{ otlp: '' }, 'is not a URL'],
    [{ otlp: 'grpc://a' }, 'is not supported'],
    [{ otlp: 'http://me:hunter2@a' }, 'user or password'],
    [{ otlp: 'http://a', otlpHeader: ['hunter2'] }, 'use name=value'],
    [{ otlp: 'http://a', otlpHeader: ['=hunter2'] }, 'use name=value'],
    [{ otlp: 'http://a', otlpHeader: ['a b=hunter2'] }, 'use name=value'],
    [{ otlp: 'http://a', otlpHeader: ['Content-Type=hunter2'] }, 'Content-Type cannot be set'],
    [{ otlp: 'http://a', otlpHeader: ['x-a=hunter2\r\nb: c'] }, 'cannot be sent in a header'],
    [{ otlpHeader: ['x=hunter2'] }, '--otlp-header needs --otlp URL'],
    [{ otlpProtocol: 'http/json' }, '--otlp-protocol needs --otlp URL'],
    [{ otlpCompression: 'none' }, '--otlp-compression needs --otlp URL'],
  ])('is %j, without the secret', (options, message) => {
    expect(() => of(options)).toThrow(UsageError);
    expect(() => of(options)).toThrow(message);
    expect(() => of(options)).not.toThrow('hunter2');
  });
});
