import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandOf, configuredEnvironment, definedOnly } from './launch/environment';
import { launchProblem } from './problems';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nettrace-problems-'));
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ scripts: { old: 'node --inspect-brk=9229 a.js', good: 'node a.js' } }),
  );
  writeFileSync(join(cwd, '.env'), 'A=file\nB=file\nNODE_OPTIONS=--no-warnings\n');
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('reasons in the configuration why nothing would be traced', () => {
  test('attachSimplePort; the debugger’s default for it is null', () => {
    expect(launchProblem({ attachSimplePort: 9229 })?.text).toContain('attachSimplePort');
    expect(launchProblem({ attachSimplePort: null })).toBeUndefined();
  });

  test('an npm script with --inspect-brk, of whatever package manager', () => {
    const script = (runtimeExecutable: string, ...runtimeArgs: string[]) =>
      launchProblem({ runtimeExecutable, runtimeArgs, cwd });
    expect(script('npm', 'run', 'old')?.text).toContain('"old"');
    expect(script('/usr/bin/pnpm', 'old')?.text).toContain('stopOnEntry');
    expect(script('npm', 'run-script', '--silent', 'old')).toBeDefined();
    expect(script('npm', 'run', 'good')).toBeUndefined();
    expect(script('npm', 'run', 'none')).toBeUndefined();
    expect(script('node', '--inspect-brk')).toBeUndefined();
  });

  test('no package.json, or a broken one, is no reason', () => {
    expect(launchProblem({ runtimeExecutable: 'npm', runtimeArgs: ['run', 'old'], cwd: '/nowhere' })).toBeUndefined();
  });
});

describe('the program’s environment', () => {
  test('env wins over the file, and null takes away', () => {
    const c = configuredEnvironment({ envFile: join(cwd, '.env'), env: { B: 'env', NODE_OPTIONS: null } });
    expect(c).toEqual({ A: 'file', B: 'env', NODE_OPTIONS: null });
    expect(definedOnly(c)).toEqual({ A: 'file', B: 'env' });
    expect(configuredEnvironment({})).toEqual({});
  });

  test('what is run', () => {
    expect(commandOf({ program: 'a.js', runtimeArgs: ['--trace-warnings'], args: ['x'] })).toEqual({
      command: 'node',
      args: ['--trace-warnings', 'a.js', 'x'],
    });
    expect(commandOf({ runtimeExecutable: 'npm', runtimeArgs: ['run', 'a'], args: '--text' })).toEqual({
      command: 'npm',
      args: ['run', 'a', '--text'],
    });
  });
});
