import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ControlState } from '../../model/lines/control';
import { TraceRules } from '../../model/traceRules';
import { TraceSession } from '../session';
import { scratch } from '../testing/scratch';
import { Commands, commandName, responseName } from './commands';
import { callSession, type LiveSession, liveSessions } from './liveSessions';

const hookFile = join(scratch(), 'hook.cjs');
fs.writeFileSync(hookFile, '// in place of the hook');
const cacheFolder = scratch();
const open: TraceSession[] = [];
async function session(registry: TraceRules): Promise<[TraceSession, LiveSession]> {
  const s = await TraceSession.create({ hookFile, cacheFolder, rules: registry, description: 'a test' });
  open.push(s);
  const live = (await liveSessions()).find((one) => one.id === s.id);
  if (!live) throw new Error('not found');
  return [s, live];
}
afterEach(() => Promise.all(open.splice(0).map((s) => s.dispose())));

const controlOf = (s: TraceSession) =>
  JSON.parse(fs.readFileSync(join(s.spoolFolder, 'control.json'), 'utf8')) as ControlState;

test('the control file: there before the program, the enabled ones only, private, another generation at each change', async () => {
  const registry = new TraceRules();
  const [s] = await session(registry);
  expect(controlOf(s)).toEqual({ v: 1, generation: 1, requests: [], breakpoints: [] });
  const { id } = registry.create({ condition: 'status:500', limit: 3, target: { process: 'app.js' } });
  expect(controlOf(s)).toMatchObject({ generation: 2, requests: [] });
  registry.update(id, { enabled: true });
  const asked = { id, condition: 'process:"app.js" (status:500)', limit: 3, slot: 0 };
  expect(controlOf(s)).toMatchObject({ generation: 3, requests: [asked] });
  registry.create({ condition: '' });
  expect(controlOf(s).requests).toEqual([asked]);
  registry.update(id, { enabled: false });
  registry.update(id, { enabled: true });
  // Its limit starts again.
  expect(controlOf(s)).toMatchObject({ generation: 6, requests: [{ ...asked, slot: 1 }] });
  s.control.setBreakpoints([{ id: 'b', kind: 'requestFails' }]);
  expect(controlOf(s)).toMatchObject({ requests: [{ id }], breakpoints: [{ id: 'b', kind: 'requestFails' }] });
  if (process.platform !== 'win32') expect(fs.statSync(join(s.spoolFolder, 'control.json')).mode & 0o777).toBe(0o600);
  await s.finish('ended');
  expect(controlOf(s)).toMatchObject({ requests: [], breakpoints: [] });
  registry.delete(id);
  expect(s.document().traceRequests?.map((t) => t.id)).toContain(id);
});

test('a conditional trace rule is none for a program that cannot read the file', async () => {
  const registry = TraceRules.everything();
  const [s] = await session(registry);
  const enabled = () => (JSON.parse(s.environment({}).NETTRACE_CONF ?? '') as { enabled: string[] }).enabled;
  expect(enabled()).toEqual(registry.list().map((t) => t.id));
  const { id } = registry.create({ condition: 'status:500' });
  registry.update(id, { enabled: true });
  expect(enabled()).toEqual([]);
});

test('the calls from elsewhere', async () => {
  const [s, live] = await session(new TraceRules());
  expect(live).toMatchObject({ pid: process.pid, description: 'a test', folder: s.spoolFolder });
  const made = await callSession(live, { verb: 'create', create: { condition: 'status:500', limit: 2 } });
  const id = made.id as string;
  expect(made.requests).toMatchObject([{ id, enabled: false, state: 'created', limit: 2 }]);
  const enabled = await callSession(live, { verb: 'update', id, enabled: true });
  expect(enabled.requests).toMatchObject([{ id, state: 'enabled' }]);
  expect(controlOf(s).requests).toMatchObject([{ id }]);
  expect((await callSession(live, { verb: 'list' })).requests).toHaveLength(1);
  expect(await callSession(live, { verb: 'delete', id })).toMatchObject({ id, requests: [] });
  const wrong = await callSession(live, { verb: 'create', create: { condition: 'statsu:500' } });
  expect(wrong.error).toContain('statsu');
  expect((await callSession(live, { verb: 'delete', id })).error).toContain(id);
  // Nothing is left behind.
  expect(fs.readdirSync(s.spoolFolder).filter((n) => /command|answer/.test(n))).toEqual([]);
});

test('a call that is noticed twice is carried out once', async () => {
  const registry = new TraceRules();
  const [s] = await session(registry);
  const commands = new Commands(
    s.spoolFolder,
    { v: 1, id: s.id, pid: process.pid, beginTime: '' },
    () => registry,
    () => registry.list(),
  );
  for (let i = 1; i <= 20; i++) {
    const id = crypto.randomUUID();
    const name = commandName(id);
    const text = '{"v":1,"verb":"create","create":{"condition":""}}';
    fs.writeFileSync(join(s.spoolFolder, name), text, { mode: 0o600 });
    for (let n = 0; n < 3; n++) commands.noticed(name);
    await expect.poll(() => fs.existsSync(join(s.spoolFolder, responseName(id))), { interval: 2 }).toBe(true);
    expect(registry.list()).toHaveLength(i);
  }
});

test('invalid calls are answered, or left alone', async () => {
  const [s, live] = await session(new TraceRules());
  const answerTo = async (text: string) => {
    const id = crypto.randomUUID();
    fs.writeFileSync(join(s.spoolFolder, `${commandName(id)}.new`), text, { mode: 0o600 });
    fs.renameSync(join(s.spoolFolder, `${commandName(id)}.new`), join(s.spoolFolder, commandName(id)));
    const path = join(s.spoolFolder, responseName(id));
    await expect.poll(() => fs.existsSync(path), { interval: 5 }).toBe(true);
    return JSON.parse(fs.readFileSync(path, 'utf8')) as { error?: string };
  };
  for (const text of ['', '{', 'null', '{"v":2,"verb":"list"}', '{"v":1,"verb":"run"}', '{"v":1,"verb":"list","id":5}'])
    expect((await answerTo(text)).error).toContain('is invalid');
  expect((await callSession(live, { verb: 'list' })).requests).toEqual([]);
});

// Only root can make a folder another user's.
test.skipIf(process.getuid?.() !== 0)("another user's session is not seen", async () => {
  const [s, live] = await session(new TraceRules());
  fs.chownSync(s.spoolFolder, 65534, 65534);
  expect((await liveSessions()).map((one) => one.id)).not.toContain(s.id);
  fs.chownSync(s.spoolFolder, 0, 0);
  fs.chownSync(join(s.spoolFolder, 'session.json'), 65534, 65534);
  expect((await liveSessions()).map((one) => one.id)).not.toContain(live.id);
});

test('two sessions: each answers for its own; one that has ended is not found', async () => {
  const [a, b] = [new TraceRules(), new TraceRules()];
  const [[first, one], [, two]] = [await session(a), await session(b)];
  await callSession(one, { verb: 'create', create: { condition: 'path:/a' } });
  expect(a.list()).toHaveLength(1);
  expect(b.list()).toEqual([]);
  expect((await callSession(two, { verb: 'list' })).requests).toEqual([]);
  await first.finish('ended');
  const found = (await liveSessions()).map((s) => s.id);
  expect(found).not.toContain(one.id);
  expect(found).toContain(two.id);
  await expect(callSession(one, { verb: 'list' }, 50)).rejects.toThrow('does not answer');
});
