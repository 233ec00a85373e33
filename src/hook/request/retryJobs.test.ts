import { expect, test } from 'vitest';
import { Made } from '../sites/promiseParents';
import { isRetryIn } from './retryJobs';

const frame = (file: string, name: string | null, type: string | null = null) =>
  ({
    getFileName: () => file,
    getScriptNameOrSourceURL: () => file,
    getFunctionName: () => name,
    getTypeName: () => type,
    isEval: () => false,
  }) as unknown as NodeJS.CallSite;
const isRetry = (frames: NodeJS.CallSite[]) => isRetryIn(frames, undefined);
const timers = 'node:internal/timers';
const events = 'node:events';
const stripe = 'file:///app/node_modules/stripe/esm/RequestSender.js';
const got = 'file:///app/node_modules/got/dist/source/as-promise/index.js';

test('a retry of Stripe is recognised by its timer', () => {
  expect(isRetry([frame(stripe, 'makeRequest', 'Timeout'), frame(timers, 'listOnTimeout')])).toBe(true);
});
test('a first call of Stripe is none, nor one that the program makes in a timer', () => {
  expect(isRetry([frame(stripe, 'makeRequest', 'RequestSender'), frame(stripe, '_request')])).toBe(false);
  const program = [frame('/app/main.js', 'makeRequest', 'Timeout'), frame(timers, 'listOnTimeout')];
  expect(isRetry(program)).toBe(false);
  expect(isRetry([frame(stripe, 'makeRequest'), frame(stripe, '_request'), ...program])).toBe(false);
});
test('got 12 tries again in its event', () => {
  const frames = [frame(got, 'makeRequest'), frame(got, null, 'Request'), frame(events, 'emit')];
  expect(isRetry(frames)).toBe(true);
});
test('a first call of got is none', () => {
  expect(isRetry([frame(got, 'makeRequest'), frame(got, null, null), frame('/app/main.js', 'run')])).toBe(false);
  expect(isRetry([frame('/app/main.js', 'makeRequest'), frame('/app/main.js', null, 'Request')])).toBe(false);
  expect(isRetry([])).toBe(false);
});

test('a call of the program in the promise of a retry is no retry', () => {
  const made = (frames: NodeJS.CallSite[], by?: Made) => new Made({ stack: frames } as unknown as Error, by, 0);
  const retry = made([frame(stripe, 'makeRequest', 'Timeout'), frame(timers, 'listOnTimeout')]);
  const client = [frame('/app/node_modules/stripe/esm/net/NodeHttpClient.js', 'makeRequest')];
  expect(isRetryIn(client, made(client, retry))).toBe(true);
  expect(isRetryIn(client, made([frame('/app/main.js', 'again')], retry))).toBe(false);
  expect(isRetryIn([frame('/app/main.js', 'again')], retry)).toBe(false);
});
