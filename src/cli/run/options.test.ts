import { Command } from 'commander';
import { expect, test } from 'vitest';
import { cliNames } from '../../model/options/places';
import { sessionOptionsOf } from '../../session/options';
import { type RunOptions, runOptions } from './options';

function parsed(...words: string[]): RunOptions {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of runOptions()) command.addOption(option);
  return command.parse(words, { from: 'user' }).opts();
}

/** Every option, once, with what it comes to. */
const every: [words: string[], value: Partial<Record<keyof RunOptions, unknown>>][] = [
  [['-o', 'a.har', '--output', 'b.har'], { output: ['a.har', 'b.har'] }],
  [['--otlp', 'http://a'], { otlp: 'http://a' }],
  [['--otlp-protocol', 'http/json'], { otlpProtocol: 'http/json' }],
  [['--otlp-header', 'a=b, c', '--otlp-header', 'd=e'], { otlpHeader: ['a=b, c', 'd=e'] }],
  [['--otlp-compression', 'none'], { otlpCompression: 'none' }],
  [['--log-file', 'a.jsonl'], { logFile: 'a.jsonl' }],
  [['--metrics', '9464'], { metrics: '9464' }],
  [['--statsd', 'localhost:8125'], { statsd: 'localhost:8125' }],
  [['--stream', 'udp://localhost:9125'], { stream: 'udp://localhost:9125' }],
  [['--stream-sample', '10'], { streamSample: 10 }],
  [['--log'], { log: true }],
  [['--interval', '0.5'], { interval: 500 }],
  [['--sort', 'url'], { sort: 'url' }],
  [['--rows', 'all'], { rows: 'all' }],
  [['--check', 'rules.yml'], { check: 'rules.yml' }],
  [['--json'], { json: true }],
  [['--headers', 'names'], { headers: 'names' }],
  [['--exclude-headers', 'a, b,'], { excludeHeaders: ['a', 'b'] }],
  [['--masked-parameters', 'pin'], { maskedParameters: ['pin'] }],
  [['--call-sites', '20'], { callSites: 20 }],
  [['--bodies', '100'], { bodies: 100 }],
  [['--body-types', 'text/,application/json'], { bodyTypes: ['text/', 'application/json'] }],
  [['--sockets'], { sockets: true }],
  [['--dns-resolver'], { dnsResolver: true }],
  [['--stacks'], { stacks: true }],
  [['--incoming'], { incoming: true }],
  [['--description', 'a b'], { description: 'a b' }],
  [['--trace', 'status:>=500', '--trace', 'a, b'], { trace: ['status:>=500', 'a, b'] }],
  [['--no-trace'], { enabled: false }],
  [['--limit', '5'], { limit: 5 }],
  [['--sample', '2'], { sample: 2 }],
  [['--max-requests', '10'], { maxRequests: 10 }],
  [['--capture'], { capture: true }],
  [['--tls-keys'], { keys: true }],
  [['--tls-key-log', 'a'], { tlsKeyLog: 'a' }],
  [['--delete-tls-keys'], { deleteTlsKeys: true }],
  [['--capture-limit', '0'], { captureLimit: 0 }],
  [['--capture-snap-length', '64'], { captureSnapLength: 64 }],
  [['--capture-interfaces', 'lo'], { captureInterfaces: ['lo'] }],
  [['--capture-also', 'arp,icmp'], { captureAlso: ['arp', 'icmp'] }],
  [['--capture-headers-only'], { captureHeadersOnly: true }],
  [['--helper', 'basic'], { helper: 'basic' }],
  [['--kernel-interval', '0'], { kernelInterval: 0 }],
  [['--kernel-sample', '3'], { kernelModulus: 3 }],
  [['--kernel-families', 'ipv6'], { kernelFamilies: ['ipv6'] }],
  [['--enable-conntrack'], { enableConntrack: true }],
];

test('every option of the table, alone and together', () => {
  const nothing = { output: [], otlpHeader: [], trace: [] };
  expect(parsed()).toEqual(nothing);
  for (const [words, value] of every) expect(parsed(...words)).toEqual({ ...nothing, ...value });
  expect(parsed('--table')).toMatchObject({ table: true });
  expect(parsed('--quiet')).toMatchObject({ quiet: true });
  const names = every.flatMap(([, value]) => Object.keys(value));
  expect([...names, 'table', 'quiet'].sort()).toEqual([...cliNames].sort());
});

test('former spellings are accepted', () => {
  expect(parsed('--keys', '--capture-headers', '--kernel-modulus', '7')).toMatchObject({
    keys: true,
    captureHeadersOnly: true,
    kernelModulus: 7,
  });
});

test.each([
  [['--limit', '0'], 'Use a whole number, 1 or more.'],
  [['--bodies', '1.5'], 'Use a whole number, 0 or more.'],
  [['--bodies', ''], 'Use a whole number, 0 or more.'],
  [['--rows', 'few'], 'Use all or a whole number, 1 or more.'],
  [['--interval', '0.05'], 'Use a number of seconds, 0.1 to 3600.'],
  [['--kernel-interval', '3601'], 'Use a number of seconds, 0 to 3600.'],
  [['--exclude-headers', ' ,'], 'Use names, with commas between.'],
  [['--capture-also', 'udp'], 'Use icmp, arp, with commas between.'],
  [['--helper', 'some'], 'Allowed choices are auto, basic, all, none.'],
])('%j is refused, with the option and what fits', (words, message) => {
  expect(() => parsed(...words)).toThrow(
    new RegExp(`option '${words[0]}.* is invalid. ${message.replace(/\./g, '\\.')}`),
  );
});

test('they reach the session', () => {
  const all = Object.assign({}, ...every.map(([, value]) => value));
  expect(sessionOptionsOf(all)).toEqual({
    headers: 'names',
    excludeHeaders: ['a', 'b'],
    maskedParameters: ['pin'],
    callSites: 20,
    bodies: 100,
    bodyTypes: ['text/', 'application/json'],
    sockets: true,
    dnsResolver: true,
    stacks: true,
    incoming: true,
    keys: true,
    keyLog: 'a',
    deleteKeys: 'finish',
    description: 'a b',
    limits: { requests: 10 },
    capture: { limit: 0, snaplen: 64, interfaces: ['lo'], icmp: true, arp: true, headersOnly: true },
    helper: 'basic',
    helperOptions: { intervalMs: 0, modulus: 3, families: [6], enableConntrack: true },
  });
  expect(sessionOptionsOf({ tlsKeyLog: '', captureInterfaces: [], capture: true })).toMatchObject({
    keys: false,
    capture: {},
  });
});
