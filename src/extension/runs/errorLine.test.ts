import { describe, expect, test } from 'vitest';
import { ErrorLine, errorLineOf } from './errorLine';

const line = (text: string) => errorLineOf(text)?.line;
const event = (category: string, output: string) => ({
  seq: 1,
  type: 'event',
  event: 'output',
  body: { category, output },
});

describe('the line that says why a program failed', () => {
  test('is the error, not the frames below it nor what Node adds', () => {
    expect(
      line(`node:internal/modules/esm/get_format:189
  throw new ERR_UNKNOWN_FILE_EXTENSION(ext, filepath);
        ^

TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /home/me/app/main.ts
    at Object.getFileProtocolModuleFormat [as file:] (node:internal/modules/esm/get_format:189:9)
    at defaultGetFormat (node:internal/modules/esm/get_format:232:36) {
  code: 'ERR_UNKNOWN_FILE_EXTENSION'
}

Node.js v20.20.2
`),
    ).toBe('TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /home/me/app/main.ts');
    expect(line('Uncaught Error Error: no configuration\n    at <anonymous> (/a/b.js:1:7)\n')).toBe(
      'Error: no configuration',
    );
  });

  test('is the last line where none names an error', () => {
    expect(line('config missing\nusage: app --port N\n\n')).toBe('usage: app --port N');
    expect(line('Debugger attached.\nWaiting for the debugger to disconnect...\n')).toBeUndefined();
    expect(line('')).toBeUndefined();
  });

  test('is bounded, and has nothing that a terminal would obey', () => {
    expect(line('\u001b[31mError: \u202ebad\u001b[0m')).toBe('Error: bad');
    expect(line(`Error: ${'x'.repeat(1000)}`)).toHaveLength(300);
  });

  test('has no secret of the program', () => {
    expect(line('Error: cannot reach postgres://app:hunter2secret@db/shop?password=hunter3secret')).toBe(
      'Error: cannot reach postgres://***@db/shop?password=***',
    );
  });

  test('stays when something less informative follows, and standard output does not count', () => {
    const last = new ErrorLine();
    expect(last.take(event('stdout', 'Error: no\n') as never)).toBe(false);
    expect(last.take(event('stderr', 'warming up\n') as never)).toBe(true);
    expect(last.take(event('stderr', 'Uncaught TypeError TypeError: x is not a function\n') as never)).toBe(true);
    expect(last.take(event('stderr', 'bye\n') as never)).toBe(false);
    expect(last.line).toBe('TypeError: x is not a function');
  });
});
