/**
 * Calls of `http.request` and `get` that throw: an address that is none, a protocol of another module, a header that may
 * not be sent, a port out of range.
 *
 * The error itself is not caught: Node's crash report would point to the code that rethrows it. So Node's checks are
 * run a second time, with an agent that does not dial, and only where reading the options runs no code of the program.
 * Errors that the program's own functions throw are not known: the record has no error then.
 */
import type { Agent } from 'node:http';
import { plainly, refused } from '../request/refused';
import { fail } from '../request/steps';
import { apply, nodeModule } from '../runtime/builtins';
import { now } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { withRoom } from '../runtime/stackLimit';
import type { AnyFunction } from '../runtime/wrap';
import { type Entered, entered } from '../sites/callSite';
import type { Http1Record } from './record';

const part = parts.http1;

interface Options {
  protocol?: unknown;
  host?: unknown;
  hostname?: unknown;
  port?: unknown;
  path?: unknown;
  method?: unknown;
  headers?: unknown;
  agent?: unknown;
  signal?: unknown;
  createConnection?: unknown;
}

interface Asked {
  addRequest?: unknown;
}

interface Given {
  /** URL and options as the program gave them. */
  url: string | URL | undefined;
  options: Options | undefined;
}

interface Call {
  original: AnyFunction;
  of: { globalAgent: Agent };
}

/** A call of `http` or `https` has thrown. */
export const hasThrown = guarded(part, 'http1.throw', (by: Entered, args: unknown[], call: Call) => {
  const given = givenIn(args);
  const made = by.made as Http1Record | undefined;
  if (made !== undefined) {
    if (made.endAt !== 0 || made.wire !== undefined) return;
    if (made.dial !== undefined && made.written === 0) {
      made.dial.wanted = false;
      made.dial = undefined;
    }
    return fail(made, errorOfDial(given?.options, made), now());
  }
  // Who throws before anything is known of a request.
  if (given === undefined) return;
  const { protocol } = call.of.globalAgent as Agent & { protocol?: string };
  const error = errorOfCall(given, call);
  const url = urlOf(given, protocol ?? 'http:');
  const method = typeof given.options?.method === 'string' ? given.options.method.toUpperCase() : 'GET';
  fail(refused(by, protocol === 'https:' ? 'https' : 'http', method, url), error, now());
});

function givenIn(args: readonly unknown[]): Given | undefined {
  const [first, second] = args;
  const isUrl = typeof first === 'string' || first instanceof URL;
  const options = isUrl ? second : first;
  if (options === undefined || typeof options === 'function') return isUrl ? { url: first, options: {} } : undefined;
  const own = plainly(options);
  if (own === undefined && !isUrl) return undefined;
  return { url: isUrl ? first : undefined, options: own };
}

/** What the constructor of requests says of the same call. */
function errorOfCall(given: Given, { original, of }: Call): unknown {
  const { url, options } = given;
  if (options === undefined) return undefined;
  const { headers, agent, createConnection, signal } = options;
  if (headers !== undefined && !isPlainHeaders(headers)) return undefined;
  const isNone = agent === undefined || agent === null || agent === false;
  const { addRequest } = of.globalAgent as unknown as Asked;
  const own = isNone ? of.globalAgent : agent;
  const isAgent = typeof (own as Asked).addRequest === 'function';
  // Checks come first: what is beyond them, others may hear of.
  const goesOn = typeof createConnection === 'function' || (isAgent && (own as Asked).addRequest !== addRequest);
  if (goesOn && isHeard()) return undefined;
  const { createConnection: _, signal: __, ...rest } = options;
  const asked = {
    ...rest,
    ...(signal === undefined || signal instanceof AbortSignal ? {} : { signal }),
    agent: isAgent ? Object.create(own as object, { addRequest: { value: () => {} } }) : own,
  };
  const outer = entered.by;
  entered.by = undefined;
  try {
    apply(original, undefined, url === undefined ? [asked] : [url, asked]);
    return undefined;
  } catch (e) {
    return e;
  } finally {
    entered.by = outer;
  }
}

const isHeard = (): boolean =>
  (nodeModule('node:diagnostics_channel') as typeof import('node:diagnostics_channel')).hasSubscribers(
    'http.client.request.created',
  );

/** Names with texts, numbers, or lists of them: no code of the program's runs when they are made texts. */
function isPlainHeaders(headers: unknown): boolean {
  const list = Array.isArray(headers) ? (headers as unknown[]).flat() : Object.values(plainly(headers) ?? { none: {} });
  return list.flat().every((v) => typeof v !== 'object' && typeof v !== 'function');
}

/** The request was made, and its connection was refused at once: by its port, or its certificates. */
function errorOfDial(options: Options | undefined, r: Http1Record): unknown {
  const port: unknown = options?.port;
  const isText = typeof port === 'number' || typeof port === 'string';
  // On Node 18 an error is cut off, when it is shown, where the last one made was: there was room for our frames then.
  try {
    withRoom(3, () => {
      if (isText && !(Number(port) === Number(port) >>> 0 && Number(port) <= 0xffff)) {
        const { SocketAddress } = nodeModule('node:net') as typeof import('node:net');
        new SocketAddress({ port: port as number });
      } else if (r.api === 'https' && options !== undefined)
        (nodeModule('node:tls') as typeof import('node:tls')).createSecureContext(options as object);
    });
  } catch (e) {
    return asOfSocket(e as Error);
  }
  return undefined;
}

/** The same check has another name for the port there. */
const asOfSocket = (e: Error & { code?: unknown }): object => ({
  name: e.name,
  code: e.code,
  message: String(e.message).replace(/^options\.port /, 'Port '),
});

function urlOf({ url, options = {} }: Given, protocol: string): string {
  if (url !== undefined) return typeof url === 'string' ? url : url.href;
  const text = (v: unknown): string => (typeof v === 'string' || typeof v === 'number' ? String(v) : '');
  const scheme = text(options.protocol) || protocol;
  const host = text(options.hostname) || text(options.host) || 'localhost';
  const port = text(options.port);
  return `${scheme}//${host}${port === '' ? '' : `:${port}`}${text(options.path) || '/'}`;
}
