import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ProcessWatch } from './unhooked';

// Between fork and exec a child has the program and command line of its parent, also if it becomes a shell.
test.skipIf(process.platform !== 'linux')(
  'a child with its parent’s command line counts from the second look on',
  async () => {
    const script = `if (process.env.LEVEL === '1') { console.log(process.pid); setInterval(() => {}, 1000); }
    else require('node:child_process').spawn(process.execPath, ['-e', process._eval], { stdio: 'inherit', env: { LEVEL: '1' } });`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [text] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(String(text));
    const watch = new ProcessWatch(parent.pid as number, () => false);
    const later = () => watch.end(Date.now() + 60_000).map((p) => p.pid);
    try {
      watch.poll();
      expect(later()).toEqual([parent.pid]);
      watch.poll();
      expect(later()).toEqual([parent.pid, child]);
    } finally {
      process.kill(child);
      parent.kill();
    }
  },
);
