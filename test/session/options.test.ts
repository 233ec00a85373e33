// A setting and an attribute of a debug configuration, from where the user writes it to what is recorded of a real program.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { optionsOf, sessionOptions } from '../../src/extension/debug/options';
import { recording } from '../../src/extension/support/settings';
import { TraceSession } from '../../src/session/session';
import { scratch } from '../../src/session/testing/scratch';
import { hookAlone } from '../support/programs/hook';
import { cleanEnvironment } from '../support/programs/program';
import { certificate } from '../support/servers/certificates';

const set = vi.hoisted(() => new Map<string, unknown>());
vi.mock('vscode', () => ({ workspace: { getConfiguration: () => ({ get: (id: string) => set.get(id) }) } }));

const secrets = new Set<string>();
const urls: (string | undefined)[] = [];
const server = createServer(certificate('server'), (request, response) => {
  urls.push(request.url);
  response.setHeader('X-Internal', 'internal-7').end('hello');
}).on('keylog', (line) => secrets.add(line.toString().trim()));
let target = '';
let hookFile: string;
beforeAll(async () => {
  hookFile = hookAlone();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  target = `https://127.0.0.1:${(server.address() as AddressInfo).port}/buy?customer=Mrs-7`;
});
afterAll(() => server.close());

const program = (url: string) => `fetch('${url}').then((r) => r.text())`;

describe.each(['settings', 'debug configuration'])('%s', (where) => {
  test('excluded headers, masked parameters, key log and its deletion', async () => {
    const keyLog = join(scratch(), 'keys.log');
    const asked = {
      headers: 'values',
      excludeHeaders: ['X-Internal'],
      maskedParameters: ['customer'],
      tlsKeyLog: keyLog,
      deleteTlsKeys: true,
    };
    set.clear();
    if (where === 'settings') for (const [name, value] of Object.entries(asked)) set.set(`netTrace.${name}`, value);
    const settings = recording();
    const configuration = optionsOf(where === 'settings' ? {} : { netTrace: asked });
    expect([...settings.problems, ...configuration.problems]).toEqual([]);
    const session = await TraceSession.create({
      hookFile,
      ...sessionOptions(settings.values, configuration.values),
      helper: 'none',
    });
    session.begin();
    const base = { ...cleanEnvironment(), NODE_EXTRA_CA_CERTS: certificate.root };
    const env = { ...base, ...session.environment(base) };
    await promisify(execFile)(process.execPath, ['-e', program(target)], { env });
    await session.poll();
    await vi.waitFor(() => expect(new Set(readFileSync(keyLog, 'utf8').trim().split('\n'))).toEqual(secrets));
    await session.finish('ended');
    expect(existsSync(keyLog)).toBe(false);
    expect(session.keyLog()).toBe('');
    const [request] = session.document().requests;
    expect(urls.at(-1)).toBe('/buy?customer=Mrs-7');
    expect(request?.url).toMatch(/\/buy\?customer=\*\*\*$/);
    expect(request?.response?.headers).toContainEqual({
      name: expect.stringMatching(/^x-internal$/i),
      length: 'internal-7'.length,
    });
    expect(JSON.stringify(session.document())).not.toMatch(/internal-7|Mrs-7/);
    await session.dispose();
    secrets.clear();
  });
});
