/** Random client programs as plain data; test/hook/programs/random.cjs carries them out. */
import fc from 'fast-check';

/** One call of a program. */
export interface Call {
  client: 'http' | 'fetch' | 'undici' | 'http2';
  base: 'http' | 'https' | 'expired' | 'closed' | 'unknown';
  path: string;
  method: string;
  body: 'none' | 'text' | 'bytes' | 'stream';
  size: number;
  read: 'data' | 'readable' | 'iterate' | 'none';
  /** Event at which the call is given up; empty: never. */
  abort: string;
  how: 'abort' | 'destroy' | 'error';
  /** ms; 0: none. */
  timeout: number;
  setTimeout: number;
  redirect?: 'follow' | 'manual' | 'error';
  headers: Record<string, string>;
  expect: boolean;
}

export interface Program {
  /** `none`: no agent (`agent: false`). */
  agent: 'none' | { keepAlive: boolean; maxSockets: number };
  parallel: boolean;
  calls: Call[];
}

const answered = [
  '/ok',
  '/ok',
  '/close',
  '/status?is=404',
  '/status?is=204',
  '/bytes?n=200000',
  '/gzip',
  '/redirect?n=2',
];
const cutOff = ['/drop', '/cut', '/chunks?n=3&ms=2', '/early', '/nothing'];
const points = ['now', 'req.socket', 'req.finish', 'response', 'res.data', 'socket.connect'];

/** No two timeouts or waits are combined whose order would depend on time. */
const call: fc.Arbitrary<Call> = fc
  .record({
    client: fc.constantFrom<Call['client']>('http', 'http', 'http', 'fetch', 'fetch', 'undici', 'http2'),
    base: fc.oneof(
      { weight: 10, arbitrary: fc.constant<Call['base']>('http') },
      { weight: 3, arbitrary: fc.constant<Call['base']>('https') },
      { weight: 1, arbitrary: fc.constantFrom<Call['base']>('expired', 'closed', 'unknown') },
    ),
    path: fc.constantFrom(...answered, ...cutOff),
    method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE'),
    body: fc.constantFrom<Call['body']>('none', 'text', 'bytes', 'stream'),
    size: fc.constantFrom(0, 1, 1000, 100_000),
    read: fc.constantFrom<Call['read']>('data', 'data', 'readable', 'iterate', 'none'),
    abort: fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(...points) }),
    how: fc.constantFrom<Call['how']>('abort', 'destroy', 'error'),
    waits: fc.oneof(
      { weight: 8, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom('timeout' as const, 'setTimeout' as const) },
    ),
    redirect: fc.constantFrom<'follow' | 'manual' | 'error'>('follow', 'follow', 'manual', 'error'),
    headers: fc.constantFrom<Record<string, string>>({}, { 'x-one': '1' }, { authorization: 'Bearer abc' }),
    expect: fc.constantFrom(false, false, false, true),
  })
  .map(({ waits, ...c }) => {
    const bodiless = c.method === 'GET' || c.method === 'HEAD';
    const made: Call = { ...c, timeout: 0, setTimeout: 0, body: bodiless ? 'none' : c.body };
    if (!bodiless) made.path = '/echo';
    if (c.client === 'undici' && made.path.includes('204')) made.path = '/ok';
    // A TLS server cannot reset.
    if (made.path === '/drop') made.base = 'http';
    if (bodiless || c.client !== 'http') made.expect = false;
    if (waits !== 'none') {
      Object.assign(made, { path: '/silent', base: 'http', abort: '', body: 'none', method: 'GET', expect: false });
      made.timeout = waits === 'timeout' || c.client !== 'http' ? 30 : 0;
      made.setTimeout = waits === 'setTimeout' && c.client === 'http' ? 30 : 0;
    }
    if (c.client === 'http2') {
      made.timeout = 0;
      made.path = ['/ok', '/echo', '/refuse', '/goaway'][
        c.size % 4 === 0 ? (c.headers['x-one'] === '1' ? 3 : 0) : c.body === 'text' ? 2 : 1
      ] as string;
    }
    return made;
  });

export const program: fc.Arbitrary<Program> = fc.record({
  agent: fc.oneof(
    fc.constant('none' as const),
    fc.record({ keepAlive: fc.boolean(), maxSockets: fc.constantFrom(1, 2, 10) }),
  ),
  parallel: fc.boolean(),
  calls: fc.array(call, { minLength: 1, maxLength: 4 }),
});

/** Whether a call makes its own request, whatever its outcome. */
export const isPlanned = (c: Call): boolean => c.client !== 'http2' && !(c.client === 'fetch' && c.abort === 'now');
