import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { traceIdMark } from '../launch/marker';
import { attaching, withAddress } from './configuration';

const attach = { type: 'net-trace', request: 'attach', name: 'x', port: 9229 };

describe('a configuration that attaches', () => {
  test('has an address, unless it says where', () => {
    expect(withAddress(attach)).toEqual({ ...attach, address: '127.0.0.1' });
    expect(withAddress({ ...attach, address: '' })).toMatchObject({ address: '127.0.0.1' });
    expect(withAddress({ ...attach, address: 'build-host' })).toMatchObject({ address: 'build-host' });
    const socket = { ...attach, websocketAddress: 'ws://127.0.0.1:9229/x' };
    expect(withAddress(socket)).toBe(socket);
  });

  test('is marked, and steps over the hook beside what it steps over already', () => {
    const marked = attaching({ ...attach, skipFiles: ['<node_internals>/**', '/h/main.cjs'] }, 't', ['/h/main.cjs']);
    expect(marked).toEqual({ ...attach, [traceIdMark]: 't', skipFiles: ['<node_internals>/**', '/h/main.cjs'] });
    expect(attaching({ ...attach, skipFiles: null }, 't', ['/h/main.cjs'])).toMatchObject({
      skipFiles: ['/h/main.cjs'],
    });
  });
});

test('package.json: all attributes that the JavaScript debugger takes for attaching, and what to trace', () => {
  const { contributes } = JSON.parse(readFileSync(join(__dirname, '../../../../package.json'), 'utf8'));
  const { attach: schema } = contributes.debuggers[0].configurationAttributes;
  // Of js-debug 1.117.
  const theirs =
    'address attachExistingChildren autoAttachChildProcesses cascadeTerminateToConfigurations continueOnAttach ' +
    'customDescriptionGenerator customPropertiesGenerator cwd enableContentValidation enableDWARF env envFile localRoot ' +
    'nodeVersionHint outFiles outputCapture pauseForSourceMap port processId remoteHostHeader remoteRoot ' +
    'resolveSourceMapLocations restart runtimeSourcemapPausePatterns showAsyncStacks skipFiles smartStep ' +
    'sourceMapPathOverrides sourceMapRenames sourceMaps timeout timeouts trace websocketAddress';
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining([...theirs.split(' '), 'netTrace']));
  expect(schema.properties.address.default).toBe('127.0.0.1');
});

test('package.json: all attributes that the JavaScript debugger takes for launching, and what to trace', () => {
  const { contributes } = JSON.parse(readFileSync(join(__dirname, '../../../../package.json'), 'utf8'));
  const { launch: schema } = contributes.debuggers[0].configurationAttributes;
  // Of js-debug 1.117, for Node.
  const theirs =
    'args attachSimplePort autoAttachChildProcesses cascadeTerminateToConfigurations console customDescriptionGenerator ' +
    'customPropertiesGenerator cwd enableContentValidation enableDWARF env envFile experimentalNetworking killBehavior ' +
    'localRoot nodeVersionHint outFiles outputCapture pauseForSourceMap profileStartup program remoteRoot ' +
    'resolveSourceMapLocations restart runtimeArgs runtimeExecutable runtimeSourcemapPausePatterns runtimeVersion ' +
    'showAsyncStacks skipFiles smartStep sourceMapPathOverrides sourceMapRenames sourceMaps stopOnEntry timeout timeouts trace';
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining([...theirs.split(' '), 'netTrace']));
});
