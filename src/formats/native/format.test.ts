import { describe, expect, test } from 'vitest';
import { documentOf } from '../../model/document';
import { Store } from '../../model/store/store';
import { FormatError } from '../file/error';
import { example, exampleText, expectGolden, requestOf, traceOf } from '../testing/example';
import { nativeText, parseNative } from './format';

/** The error that reading `text` gives. */
function errorOf(text: string): FormatError {
  try {
    parseNative(text);
  } catch (e) {
    if (e instanceof FormatError) return e;
    throw e;
  }
  throw new Error('was read');
}

describe('the example trace', () => {
  test('is the reviewed file', () => expectGolden('example.nettrace.json', nativeText(example())));

  test('is read, saved and read again without a difference', () => {
    const text = nativeText(example());
    expect(parseNative(text)).toEqual(JSON.parse(exampleText()));
    expect(nativeText(parseNative(text))).toBe(text);
  });

  test('goes through the store and back', () => {
    const doc = parseNative(nativeText(example()));
    expect(documentOf(Store.fromDocument(doc))).toEqual(doc);
    expect(nativeText(documentOf(Store.fromDocument(doc)))).toBe(nativeText(doc));
  });
});

describe('layout', () => {
  test('one member a line, one record a line, in the order of instants', () => {
    const requests = [
      requestOf({ id: '1-0-10', createdAt: 5 }),
      requestOf({ id: '1-0-9', createdAt: 5 }),
      requestOf({ createdAt: 1 }),
    ];
    const lines = nativeText(traceOf({ requests })).split('\n');
    const at = lines.indexOf('  "requests": [');
    expect(lines.slice(at + 1, at + 4).map((l) => JSON.parse(l.replace(/,$/, '')).id)).toEqual([
      '1-0-1',
      '1-0-9',
      '1-0-10',
    ]);
    expect(lines[at + 4]).toBe('  ],');
    expect(lines).toContain('  "losses": []');
    expect(lines.at(-1)).toBe('');
  });

  test('keys are in the order of the schema at every depth', () => {
    const r = { response: { statusText: 'OK', status: 200 }, id: '1-0-1', url: 'http://a.example/', thread: '1-0' };
    expect(nativeText(traceOf({ requests: [r] }))).toContain(
      '{"id":"1-0-1","thread":"1-0","url":"http://a.example/","response":{"status":200,"statusText":"OK"}}',
    );
  });

  test('what a later version added is kept where it stood, and written back', () => {
    const added = JSON.parse(
      '{"version":"1.7","novelties":[{"b":1,"a":{"z":1,"y":[]}}],"__proto__":"x","constructor":{"k":null},"state":"hibernating"}',
    ) as object;
    const doc = JSON.parse(nativeText(traceOf({ requests: [requestOf()] }))) as Record<string, unknown>;
    const text = JSON.stringify(doc)
      .replace(/^\{"format":"nettrace",/, `{"format":"nettrace",${JSON.stringify(added).slice(1, -1)},`)
      .replace('"version":"1.0",', '')
      .replace('"state":"ended",', '');
    const saved = nativeText(parseNative(text));
    for (const part of [
      '"version": "1.7"',
      '"novelties": [\n    {"b":1,"a":{"z":1,"y":[]}}\n  ]',
      '"__proto__": "x"',
      '"constructor": {"k":null}',
      '"state": "hibernating"',
    ]) {
      expect(saved).toContain(part);
    }
    expect(nativeText(parseNative(saved))).toBe(saved);
  });

  test('what JSON cannot say is left out rather than written as null', () => {
    const doc = traceOf({ requests: [requestOf({ endAt: Number.NaN })] });
    expect(nativeText(doc)).not.toMatch(/endAt":(null|NaN)/);
    expect(parseNative(nativeText(doc)).requests[0]).not.toHaveProperty('endAt');
  });
});

describe('versions', () => {
  const withVersion = (version: unknown) => JSON.stringify({ ...traceOf({}), version });

  test.each(['1.0', '1.1', '1.99'])('%s is read', (version) => {
    expect(parseNative(withVersion(version)).version).toBe(version);
  });

  test.each([
    ['2.0', 'written in version 2.0 of the trace format; this program reads 1.x. Update Net Trace to open it.'],
    [
      '0.9',
      'written in version 0.9 of the trace format; this program reads 1.x. Open it with the version of Net Trace that wrote it.',
    ],
    ['next', 'its "version" is not "1.x": the file is damaged or was not written by Net Trace.'],
    [1, 'its "version" is not "1.x": the file is damaged or was not written by Net Trace.'],
    [undefined, 'its "version" is not "1.x": the file is damaged or was not written by Net Trace.'],
  ])('%s is refused', (version, message) => {
    expect(errorOf(withVersion(version))).toMatchObject({ code: 'version', message });
  });
});

describe('other files', () => {
  test.each([
    ['{"log":{"version":"1.2","entries":[]}}', 'this is a HAR file'],
    ['{"log":{"version":"1.2","entries":[', 'this is a HAR file'],
    ['{"description":"","traceBeginAt":"2026-01-01T00:00:00Z","httpRequests":[]}', 'this is an EVE nettrace file'],
    ['{"resourceSpans":[]}', 'this is an OpenTelemetry file'],
    ['{"k":"proc","v":1}\n{"k":"req","id":1}\n', 'this is a spool file'],
    ['{"k":"proc","v":1}', 'this is a spool file'],
    ['{"a":1}\n{"a":2}\n', 'this holds several JSON values, one a line'],
    ['{"name":"x","format":"esm"}', '"format": "nettrace" is missing ("format" is "esm")'],
    ['[1,2]', 'this is JSON, but no trace'],
    ['null', 'this is JSON, but no trace'],
    ['<!doctype html>', 'this is HTML or XML'],
    ['hello', 'this is not JSON'],
    ['', 'the file is empty'],
    [' \n', 'the file is empty'],
    ['\0\0\0', 'this is not text'],
  ])('%j', (text, message) => {
    const e = errorOf(text);
    expect(e.code).toBe('foreign');
    expect(e.message).toContain(message);
    // Every message ends in something to do.
    expect(e.message).toMatch(/\.$/);
  });
});

describe('damaged files', () => {
  const whole = nativeText(traceOf({ requests: [requestOf(), requestOf({ id: '1-0-2', createdAt: 3000 })] }));

  test('broken JSON: line, column, byte, path, and what was expected', () => {
    const broken = whole.replace('"url":"http://a.example/x"', '"url":http://a.example/x"');
    const e = errorOf(broken);
    const line = whole.split('\n').findIndex((l) => l.includes('"url"')) + 1;
    expect(e).toMatchObject({
      code: 'syntax',
      place: { line, path: 'requests[0].url', byte: broken.indexOf(':http:') + 1 },
    });
    expect(e.message).toContain(`not valid JSON at line ${line}, column `);
    expect(e.message).toContain('in requests[0].url): a value was expected');
  });

  test('columns and bytes are right behind characters of several bytes', () => {
    const text = '{"format":"nettrace","description":"äöü😀",x}';
    expect(errorOf(text).place).toMatchObject({
      line: 1,
      column: text.indexOf('x}') + 1,
      byte: Buffer.byteLength(text.slice(0, text.indexOf('x}'))),
    });
  });

  test('a value that is not what the schema says: its path and line', () => {
    const e = errorOf(whole.replace('"createdAt":3000', '"createdAt":"soon"'));
    const line = whole.split('\n').findIndex((l) => l.includes('"createdAt":3000')) + 1;
    expect(e).toMatchObject({ code: 'invalid', place: { line, path: 'requests[1].createdAt' } });
    expect(e.message).toMatch(/^requests\[1\]\.createdAt \(line \d+, column \d+\) must be number/);
  });

  test('a missing array is named', () => {
    expect(errorOf(whole.replace('"dials"', '"dails"')).message).toContain('dials');
  });

  test('cut off: where, and how much is whole', () => {
    const cut = whole.slice(0, whole.indexOf('"createdAt":3000') + 14);
    const e = errorOf(cut);
    expect(e).toMatchObject({ code: 'truncated', place: { byte: cut.length, path: 'requests[1].createdAt' } });
    // One source, one process, one request.
    expect(e.keeps).toBe(3);
    expect(e.message).toContain(`the file is cut off at byte ${cut.length} (line `);
    expect(e.message).toContain('The 3 records before that are whole and can be opened');
  });

  test('cut off: what is whole is recovered, and the loss said', () => {
    const cut = whole.slice(0, whole.indexOf('"createdAt":3000'));
    const doc = parseNative(cut, { recover: true });
    expect(doc.requests.map((r) => r.id)).toEqual(['1-0-1']);
    expect(doc.connections).toEqual([]);
    expect(doc.state).toBe('interrupted');
    expect(doc.losses).toMatchObject([{ what: 'requests', kind: 'truncated', count: 1 }]);
    // What was recovered is a whole trace again.
    expect(parseNative(nativeText(doc))).toEqual(doc);
  });

  test('cut off too early: nothing to recover', () => {
    const cut = whole.slice(0, whole.indexOf('"beginTime"'));
    expect(errorOf(cut)).toMatchObject({ code: 'truncated', keeps: undefined });
    expect(() => parseNative(cut, { recover: true })).toThrow(FormatError);
  });

  test('a million brackets do not overflow the stack', () => {
    const deep = errorOf('['.repeat(1_000_000));
    expect(deep.code).toBe('truncated');
    expect(deep.message.length).toBeLessThan(300);
    expect(errorOf(`{"format":"nettrace","x":${'['.repeat(300_000)}${']'.repeat(300_000)}}`).code).toBe('version');
  });

  test('a byte order mark does no harm', () => {
    expect(parseNative(`\uFEFF${whole}`).requests).toHaveLength(2);
  });
});

test('a long text with many escapes does not overflow the scanner', () => {
  const text = `{"format":"nettrace","description":"${'\\n\\u00e4x'.repeat(2_000_000)}`;
  expect(errorOf(text)).toMatchObject({ code: 'truncated', place: { path: 'description', byte: text.length } });
});
