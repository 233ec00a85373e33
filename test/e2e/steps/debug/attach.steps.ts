/** A server that runs already: attached to, traced, left; then it is as it was, which it says itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeRows, rowsIn } from '../../testing/rows';
import { inWindow, vs } from '../../testing/shared';
import { until } from '../../testing/window';

let program: ChildProcess;
let url: string;
let inspector: number;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** How many sessions there are, as the activity bar says. */
const sessions = () => vs.page.locator('.activitybar .action-item:has(.codicon-run-view-icon) .badge-content');

const ask = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
const hooked = async () => ((await ask('/traces')) as string[]).includes('Symbol(nettrace.hook)');
const rows = async () => describeRows(await rowsIn(vs.panel));

export function attach(): void {
  inWindow({ width: 1400, height: 900 });

  beforeAll(async () => {
    inspector = await freePort();
    const args = [`--inspect=127.0.0.1:${inspector}`, join(vs.workspace, 'out/running.js')];
    program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    program.stdout?.on('data', (piece) => {
      said += piece;
    });
    const port = await until(() => /port (\d+)/.exec(said)?.[1], 'the port of the server');
    url = `http://127.0.0.1:${port}`;
    const file = join(vs.workspace, '.vscode/launch.json');
    const launch = JSON.parse(readFileSync(file, 'utf8'));
    const attaching = { request: 'attach', port: inspector, skipFiles: ['<node_internals>/**'] };
    launch.configurations.push(
      { ...attaching, type: 'net-trace', name: 'Attach with Net Trace' },
      { ...attaching, type: 'node', name: 'Attach without', address: '127.0.0.1' },
    );
    writeFileSync(file, JSON.stringify(launch, null, 2));
  });
  afterAll(() => void program.kill('SIGKILL'));

  it('by a configuration: requests appear; detached, nothing of ours is left in the program', async () => {
    expect(await ask('/traces')).toEqual([]);
    // A connection from before the attach.
    expect(await ask('/go')).toBe(200);
    await vs.debug('Attach with Net Trace');
    await until(hooked, 'the hook');
    expect(await ask('/go')).toBe(200);
    await until(async () => (await rows()).length === 1, 'the row');
    expect(await rows()).toEqual(['/apples 200']);
    await vs.panel.locator('[role=row][data-id]').first().click();
    await vs.panel.getByRole('tab', { name: 'Breakdown' }).click();
    await vs.panel.getByText('connected before tracing began').first().waitFor();
    await vs.shot('attached');
    await vs.stop();
    await vs.panel.getByText('The program keeps running').waitFor();
    expect(await ask('/traces')).toEqual([]);
    expect(await ask('/go')).toBe(200);
    expect(await rows()).toEqual(['/apples 200']);
    expect(program.exitCode).toBeNull();
  });

  it('by the command, in a session of the JavaScript debugger; detached, the debugger stays', async () => {
    await vs.clear();
    await vs.debug('Attach without');
    await sessions().filter({ hasText: '1' }).waitFor();
    expect(await ask('/go')).toBe(200);
    await vs.command('Net Trace: Attach to This Session');
    await until(hooked, 'the hook');
    expect(await ask('/go')).toBe(200);
    await until(async () => (await rows()).length === 1, 'the row');
    await vs.command('Net Trace: Detach');
    await vs.panel.getByText('The program keeps running').waitFor();
    expect(await ask('/traces')).toEqual([]);
    expect(await sessions().isVisible()).toBe(true);
    await vs.stop();
    expect(await ask('/go')).toBe(200);
    expect(await rows()).toEqual(['/apples 200']);
  });
}
