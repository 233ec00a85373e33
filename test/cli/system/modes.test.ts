/**
 * What a run creates, with umask 0, which takes nothing away: each file and folder, also those that are gone again, is
 * this user’s alone, but for the hook’s own published code and what the user asked for without secrets in it.
 */
import { execFileSync } from 'node:child_process';
import { chownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../../src/session/testing/scratch';
import { nodes } from '../../support/programs/nodes';
import { Nettrace, programs } from '../testing/nettrace';
import { accessesOf, strace, whyNoStrace } from './strace';

const noStrace = whyNoStrace();
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('modes under another uid: skipped, needs root');
const nobody = 65534;
const program = join(programs, 'system.cjs');
const zero = ['sh', '-c', 'umask 0; exec "$@"', 'sh'];
const asNobody = ['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'];

/** Published code, the same for each user: it must be loaded by children that run as another user. Not to be written. */
const published = /\/(?:nettrace(?:-\d+)?|nettrace-hook-\w+)$|\/nettrace-hook-\w+\/|\/cli-[\w.-]+$/;

describe.skipIf(noStrace)('umask 0', () => {
  test.each([{ who: 'the own user', user: undefined }, ...(isRoot ? [{ who: 'another uid', user: nobody }] : [])])(
    '$who: all that is created is closed to others',
    async ({ user }) => {
      const nettrace = new Nettrace();
      const folder = scratch();
      // The user’s own folder for caches; Net Trace’s is in it.
      mkdirSync(join(nettrace.home, 'cache'));
      const places = [folder, nettrace.home, join(nettrace.home, 'cache')];
      if (user !== undefined) for (const place of places) chownSync(place, user, user);
      const files = ['a.nettrace.json', 'b.har', 'c.eve.json', 'd.otlp.json', 'e.nettrace.db', 'log.jsonl'].map((f) =>
        join(folder, f),
      );
      const plain = join(folder, 'plain.nettrace.json');
      const log = strace();
      const wrap = [...(user === undefined ? [] : asNobody), ...zero, ...log.wrap];
      if (user !== undefined) execFileSync('chown', ['-R', String(user), join(log.wrap.at(-1) as string, '..')]);
      const secret = ['--headers', 'values', '--bodies', '10000', '--log-file', files[5] as string];
      const outputs = files.slice(0, 5).flatMap((file) => ['-o', file]);
      const options = { wrap, cwd: folder, env: { HOME: nettrace.home }, node: nodes.at(-1)?.binary ?? '' };
      const result = await nettrace.run(['run', ...secret, ...outputs, '--', process.execPath, program], options);
      expect(result.code, result.stderr).toBe(0);
      const all = log
        .processes()
        .filter(({ command }) => command !== '')
        .flatMap(({ calls }) => accessesOf(calls, folder))
        .flatMap(({ path, mode, isNew }) =>
          mode === undefined || path.startsWith('/dev/') ? [] : [{ path, mode, isNew }],
        );
      // Opened again where it was made as new (as SQLite does with the draft it is given): the mode of that call says nothing.
      const fresh = new Set(all.filter(({ isNew }) => isNew === true).map(({ path }) => path));
      const made = all.filter(({ path, isNew }) => isNew !== false || !fresh.has(path));
      const count = (pattern: RegExp) => made.filter(({ path }) => pattern.test(path)).length;
      // Main thread, worker and child; what the program reads; the list of what a killed host would leave.
      expect(count(/\.jsonl$/)).toBeGreaterThanOrEqual(4);
      for (const kind of [/control\.json/, /session\.json/, /\/spools\//, /\/nettrace-spool-[\w-]+$/, /\/bin\/node$/])
        expect(count(kind), String(kind)).toBeGreaterThan(0);
      const open = made.filter(({ path, mode }) => (mode & 0o077) !== 0 && !published.test(path));
      expect(open).toEqual([]);
      const writable = made.filter(({ mode }) => (mode & 0o022) !== 0);
      expect(writable).toEqual([]);
      for (const file of files) expect({ file, mode: lstatSync(file).mode & 0o777 }).toEqual({ file, mode: 0o600 });
      // Without values of headers and without bodies: what the umask leaves, which is what a user sets it for.
      await nettrace.run(['run', '-o', plain, '--', process.execPath, program], {
        ...options,
        wrap: wrap.slice(0, -log.wrap.length),
      });
      expect(lstatSync(plain).mode & 0o777).toBe(0o666);
      expect(nettrace.spools()).toEqual([]);
      expect(readdirSync(folder).sort()).toEqual([...files, plain].map((file) => file.slice(folder.length + 1)).sort());
    },
  );
});
