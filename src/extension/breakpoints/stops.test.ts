import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BreakpointKind } from '../../model/lines/breakpoints';
import { StopView } from './stops';
import { type LastHit, stopsIn } from './tail';

const hit: LastHit = {
  breakpoint: 'x',
  title: 'status ≥ 500',
  hits: 2,
  method: 'GET',
  url: 'http://a/b',
  callSite: { file: '/src/a.ts', line: 7, column: 3, function: 'load' },
  thread: '1-0',
  key: 'k',
};
const frame = (id: number, path: string, line = 1): DebugProtocol.StackFrame => ({
  id,
  name: `f${id}`,
  line,
  column: 1,
  source: { path },
});
const hook = '/tmp/nettrace-hook-0123456789abcdef';
const request = (command: string, args: object, seq = 1) =>
  ({ type: 'request', seq, command, arguments: args }) as DebugProtocol.Request;

function view(kind: BreakpointKind, last: LastHit | undefined = hit) {
  let known: (reference: number | undefined) => void = () => {};
  const record = new Promise<number | undefined>((done) => {
    known = done;
  });
  const v = new StopView({ lastHit: () => last, kindOf: () => kind, record: () => record });
  const stopped = { type: 'event', event: 'stopped', body: { reason: 'pause', description: 'Paused' } };
  const reply = (command: string, body: object, seq = 1) => {
    const response = { type: 'response', success: true, command, request_seq: seq, body };
    v.onResponse(response as unknown as DebugProtocol.Response);
    return response.body;
  };
  const stack = (frames: DebugProtocol.StackFrame[], args: object = { startFrame: 0, levels: 1 }) => {
    const asked = request('stackTrace', { threadId: 1, ...args });
    v.asked(asked);
    const body = reply('stackTrace', {
      stackFrames: frames,
      totalFrames: 9,
    }) as DebugProtocol.StackTraceResponse['body'];
    return { args: asked.arguments, body };
  };
  return { v, stopped, reply, stack, known };
}

describe('a stop at a network breakpoint', () => {
  test('late: says why, and shows the call above what runs', async () => {
    const { v, stopped, stack, reply, known } = view('status500');
    v.onResponse(stopped as never);
    expect(stopped.body).toEqual({
      reason: 'network breakpoint',
      description: 'Network: status ≥ 500',
      text: 'Network: status ≥ 500: GET http://a/b',
    });
    const first = stack([frame(5, `${hook}/networkBreakpoint.cjs`), frame(6, '<node_internals>/x')]);
    expect(first.args).toMatchObject({ startFrame: 0, levels: 20 });
    expect(first.body.totalFrames).toBe(11);
    const [call, label, ...rest] = first.body.stackFrames;
    expect(call).toMatchObject({
      name: 'load (made the request)',
      line: 7,
      column: 3,
      source: { path: '/src/a.ts', name: 'a.ts' },
    });
    expect(label).toMatchObject({ presentationHint: 'label', name: 'status ≥ 500, found here:' });
    expect(rest.map((f) => f.id)).toEqual([5, 6]);
    // More of them: as many less are there already.
    const more = stack([frame(7, '/src/b.ts')], { startFrame: 4, levels: 20 });
    expect(more.args).toMatchObject({ startFrame: 2 });
    expect(more.body.stackFrames.map((f) => f.id)).toEqual([7]);

    // What is asked of our frame is asked of the topmost real one.
    const scopes = request('scopes', { frameId: call?.id });
    v.asked(scopes);
    expect(scopes.arguments).toEqual({ frameId: 5 });
    const scopesReply = reply('scopes', {
      scopes: [{ name: 'Local', variablesReference: 3, expensive: false }],
    }) as DebugProtocol.ScopesResponse['body'];
    expect(scopesReply.scopes.map((s) => s.name)).toEqual(['Request', 'Local']);
    known(77);
    await Promise.resolve();
    const variables = request('variables', { variablesReference: scopesReply.scopes[0]?.variablesReference });
    v.asked(variables);
    expect(variables.arguments).toEqual({ variablesReference: 77 });
  });

  test('an answer to what was asked at the stop before is not this one’s', () => {
    const { v, stopped, stack, reply } = view('status500');
    v.onResponse(stopped as never);
    v.asked(request('stackTrace', { threadId: 1, startFrame: 22 }, 9));
    v.asked(request('continue', { threadId: 1 }));
    v.onResponse({ ...stopped, body: { reason: 'pause' } } as never);
    const late = { stackFrames: [frame(30, '/src/old.ts')], totalFrames: 1 };
    expect(reply('stackTrace', late, 9)).toEqual({ stackFrames: [frame(30, '/src/old.ts')], totalFrames: 1 });
    const { body } = stack([frame(40, `${hook}/networkBreakpoint.cjs`)]);
    const scopes = request('scopes', { frameId: body.stackFrames[0]?.id });
    v.asked(scopes);
    expect(scopes.arguments).toEqual({ frameId: 40 });
  });

  test('early: the user’s call is on the stack; what is above it is drawn back', () => {
    const { v, stopped, stack } = view('requestStarts');
    v.onResponse(stopped as never);
    const { body } = stack([
      frame(1, `${hook}/networkBreakpoint.cjs`),
      frame(2, `${hook}/main.cjs`),
      frame(3, '<node_internals>/_http_client'),
      frame(4, '/src/node_modules/axios/index.js'),
      frame(5, '/src/a.ts', 7),
      frame(6, '<node_internals>/later'),
    ]);
    expect(body.stackFrames.map((f) => f.presentationHint)).toEqual([...Array(4).fill('subtle'), undefined, undefined]);
    expect(body.totalFrames).toBe(9);
  });

  test('a step leads out of the hook; then the stop is over', () => {
    const { v, stopped, reply } = view('requestStarts');
    v.onResponse(stopped as never);
    const step = request('next', { threadId: 1 });
    v.asked(step);
    expect(step.command).toBe('stepOut');
    const again = request('next', { threadId: 1 });
    v.asked(again);
    expect(again.command).toBe('next');
    expect(reply('scopes', { scopes: [] })).toEqual({ scopes: [] });
  });

  test('other stops stay as they are', () => {
    for (const [reason, last] of [
      ['breakpoint', hit],
      ['step', hit],
      ['pause', undefined],
    ] as const) {
      const { v, reply, stack } = view('status500', last);
      const body = { reason, description: 'Paused' };
      if (last === undefined) v.onResponse({ type: 'event', event: 'continued' } as never);
      const plain = new StopView({ lastHit: () => last, kindOf: () => 'status500', record: async () => undefined });
      plain.onResponse({ type: 'event', event: 'stopped', body } as never);
      expect(body).toEqual({ reason, description: 'Paused' });
      expect(reply('scopes', { scopes: [] })).toEqual({ scopes: [] });
      expect(stack([frame(1, '/src/a.ts')]).body.stackFrames).toHaveLength(1);
    }
  });
});

describe('where programs are paused', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nettrace-tail-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const brk = (fields: object) =>
    `${JSON.stringify({ k: 'brk', at: 1, breakpoint: 'x', hits: 2, what: 'stop', ...fields })}\n`;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  test('is the last line of their spool, checked', () => {
    const callSite = { file: '/a.ts', line: 1, column: 2, function: 'f', more: 1 };
    write('12-0-99.1.jsonl', `{"k":"proc"}\n${brk({ title: 'T', url: 'u', method: 7, request: 4, callSite })}`);
    write('13-0-99.1.jsonl', `${brk({})}{"k":"ctl"}\n`);
    write('14-0-99.1.jsonl', brk({ what: 'over' }));
    write('15-0-99.1.jsonl', brk({}).slice(0, -1));
    write('16-0-99.1.jsonl', '');
    write('17-0-99.1.jsonl', '{"k":"brk",\n');
    write('18-0-99.1.jsonl', brk({ breakpoint: 7 }));
    write('control.json', brk({}));
    write('19-2-99.3.jsonl', `${'x'.repeat(9000)}\n${brk({ callSite: { file: '/a.ts', line: '1', column: 2 } })}`);
    expect(stopsIn(folder).sort((a, b) => (a.thread < b.thread ? -1 : 1))).toEqual([
      {
        breakpoint: 'x',
        hits: 2,
        title: 'T',
        url: 'u',
        request: 4,
        callSite: { file: '/a.ts', line: 1, column: 2, function: 'f' },
        thread: '12-0',
        key: expect.stringMatching(/^12-0-99\.1\.jsonl:\d+$/),
      },
      { breakpoint: 'x', hits: 2, thread: '19-2', key: expect.any(String) },
    ]);
    expect(stopsIn(join(folder, 'nowhere'))).toEqual([]);
  });
});
