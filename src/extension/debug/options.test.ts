import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { optionsOf, sessionOptions } from './options';

const all = {
  headers: 'names',
  excludeHeaders: ['x-internal'],
  maskedParameters: ['customer'],
  callSites: 50,
  bodies: 4096,
  bodyTypes: ['application/json'],
  sockets: true,
  dnsResolver: true,
  stacks: false,
  incoming: true,
  description: 'x',
  capture: true,
  tlsKeyLog: '/home/me/keys.log',
  deleteTlsKeys: true,
  captureLimit: 1000,
  captureSnapLength: 128,
  captureInterfaces: ['lo'],
  captureAlso: ['icmp'],
  captureHeadersOnly: true,
  helper: 'all',
  kernelInterval: 0,
  kernelModulus: 10,
  kernelFamilies: ['ipv6'],
  enableConntrack: true,
};

test('every attribute that package.json has', () => {
  expect(optionsOf({ netTrace: all })).toEqual({ values: all, problems: [] });
  const { debuggers } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')).contributes;
  for (const request of ['launch', 'attach']) {
    const { netTrace } = debuggers[0].configurationAttributes[request].properties;
    expect(Object.keys(netTrace.anyOf[1].properties).sort()).toEqual(Object.keys(all).sort());
  }
});

test('a configuration without an object of options has no values and no problems', () => {
  for (const config of [{}, { netTrace: true }, { netTrace: null }, { netTrace: {}, headers: 'values' }])
    expect(optionsOf(config)).toEqual({ values: {}, problems: [] });
  expect(optionsOf({ traceRules: 1, sample: 'x' })).toMatchObject({ traceRules: 1, sample: 'x' });
  // Its former name.
  expect(optionsOf({ traceRequests: 1 })).toMatchObject({ traceRules: 1 });
  expect(optionsOf({ traceRequests: 1, traceRules: 2 })).toMatchObject({ traceRules: 2 });
});

test('an invalid value is ignored, and named with its place and the valid values', () => {
  const wrong = {
    headers: 'all',
    callSites: -1,
    bodies: '4k',
    bodyTypes: [1, 'text/'],
    sockets: 1,
    captureAlso: ['udp'],
    kernelInterval: 3_600_001,
    kernelModulus: 0,
    captureSnapLength: 63,
    tlsKeyLog: 'keys.log',
    maskedParameters: Array.from({ length: 257 }, (_, i) => `${i}`),
    excludeHeaders: [''],
    hedaers: 'off',
  };
  const { values, problems } = optionsOf({ netTrace: wrong });
  expect(values).toEqual({});
  expect(problems.map((p) => p.slice(0, 150))).toEqual([
    'netTrace.headers of the debug configuration: "all" is not valid. Use off, names, lengths or values. It is ignored.',
    'netTrace.excludeHeaders of the debug configuration: [""] is not valid. Use a list of at most 256 texts, none of them empty. It is ignored.',
    expect.stringContaining('netTrace.maskedParameters of the debug configuration: ["0","1",'),
    'netTrace.callSites of the debug configuration: -1 is not valid. Use all, off or a whole number, 1 or more. It is ignored.',
    'netTrace.bodies of the debug configuration: "4k" is not valid. Use a whole number, 0 or more. It is ignored.',
    expect.stringContaining('netTrace.bodyTypes of the debug configuration: [1,"text/"] is not valid.'),
    'netTrace.sockets of the debug configuration: 1 is not valid. Use true or false. It is ignored.',
    'netTrace.tlsKeyLog of the debug configuration: "keys.log" is not valid. Use an absolute path. It is ignored.',
    'netTrace.captureSnapLength of the debug configuration: 63 is not valid. Use a whole number from 64 to 262,144. It is ignored.',
    'netTrace.captureAlso of the debug configuration: ["udp"] is not valid. Use a list of icmp or arp. It is ignored.',
    'netTrace.kernelInterval of the debug configuration: 3600001 is not valid. Use a whole number from 0 to 3,600,000. It is ignored.',
    'netTrace.kernelModulus of the debug configuration: 0 is not valid. Use a whole number, 1 or more. It is ignored.',
    'netTrace.hedaers of the debug configuration: there is no such option.',
  ]);
});

test('capture as an object, as it was before', () => {
  const capture = (value: unknown) => optionsOf({ netTrace: { capture: value } });
  expect(capture({ limit: 1000, icmp: true, arp: false, headersOnly: true })).toEqual({
    values: { capture: true, captureLimit: 1000, captureAlso: ['icmp'], captureHeadersOnly: true },
    problems: [],
  });
  expect(capture({})).toEqual({ values: { capture: true }, problems: [] });
  expect(capture({ icmp: true, arp: 'yes' })).toMatchObject({
    values: { capture: true },
    problems: [expect.stringContaining('["icmp","arp: yes"] is not valid. Use a list of icmp or arp.')],
  });
});

test('the configuration goes before the settings; what is to be masked is added to theirs', () => {
  const settings = { bodies: 10, excludeHeaders: ['a'], maskedParameters: ['pin', 'x'] };
  const asked = { bodies: 0, excludeHeaders: ['b'], maskedParameters: ['x', 'y'] };
  expect(sessionOptions(settings, asked)).toMatchObject({ ...asked, maskedParameters: ['pin', 'x', 'y'] });
  expect(sessionOptions(settings, {})).toMatchObject(settings);
  expect(sessionOptions({}, {})).toMatchObject({ helper: 'auto', keys: false, bodies: 0 });
});

test('keys are recorded for packets and for a key log, and not else', () => {
  expect(sessionOptions({ capture: true }, {}).keys).toBe(true);
  expect(sessionOptions({ capture: true }, { capture: false })).toMatchObject({ keys: false });
  expect(sessionOptions({ capture: true }, { capture: false })).not.toHaveProperty('capture');
  expect(sessionOptions({ tlsKeyLog: '/k' }, {})).toMatchObject({ keys: true, keyLog: '/k' });
});
