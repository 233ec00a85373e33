/** The request of a HAR entry. */
import type { CallSite, ErrorInfo, Header, Request } from '../../model/records';
import { errorOfText } from '../shared/errorText';
import { byImport, importedId, present, protocolOf, sound } from '../shared/imported';
import type { HarEntryInput, HarFrameInput, HarHeadersInput } from './input';
import { requestBody, responseBody } from './readBodies';
import type { Underlying } from './readConnections';
import { type EntryTimes, hasResponse } from './readTimes';

export function requestOfEntry(
  entry: HarEntryInput,
  times: EntryTimes,
  { id, thread, ...underlying }: Underlying & { id: string; thread: string },
): Request {
  const { request } = entry;
  const responded = hasResponse(entry);
  const frames = framesOf(entry);
  const link = (name: '_operation' | '_redirectOf' | '_retryOf') => (entry[name] ? importedId(entry[name]) : undefined);
  const bodySize = size(request.bodySize);
  const response = responded ? responseOf(entry) : undefined;
  // Headers were taken out of the file, but it was encoded.
  const isPacked = typeof entry.response?.content?.compression === 'number' && response?.contentEncoding === undefined;
  const missingParts = [
    ...times.missingParts,
    ...(bodySize === undefined ? ['body'] : []),
    ...(isPacked ? ['contentEncoding'] : []),
  ];
  const content = requestBody(request.postData, { type: typeOf(request), bytes: bodySize });
  const missing = Object.fromEntries(missingParts.map((part) => [part, 'notInFormat']));
  return present({
    id,
    thread,
    createdAt: times.createdAt,
    api: entry._api ?? (entry._resourceType === 'fetch' ? 'fetch' : undefined),
    method: request.method,
    url: withoutFragment(request.url),
    callSite: frames[0] && siteOf(frames[0]),
    stack: frames.length > 1 ? frames : undefined,
    initiator: frames.length === 0 ? initiatorOf(entry) : undefined,
    priority: entry._priority || undefined,
    label: entry._label || undefined,
    test: entry._test || undefined,
    proxy: proxyOf(entry._proxy || '', request.url),
    mocked: entry._mocked === true || undefined,
    streamId: size(entry._streamId),
    upgrade: entry._upgrade ? { protocol: entry._upgrade } : undefined,
    timeout: entry._timeout ? { kind: entry._timeout } : undefined,
    operation: link('_operation'),
    redirectOf: link('_redirectOf'),
    retryOf: link('_retryOf'),
    protocol: protocolOf((responded ? entry.response?.httpVersion : undefined) || request.httpVersion || undefined),
    headers: headersOf(request.headers),
    headersBytes: size(request.headersSize),
    body: bodySize || content ? present({ wireBytes: bodySize || undefined, content }) : undefined,
    ...underlying,
    assignedAt: times.readyAt === undefined ? times.queuedUntil : undefined,
    sendBeginAt: times.sendBeginAt,
    sendEndAt: times.sendEndAt,
    responseBeginAt: times.responseBeginAt,
    endAt: times.endAt,
    response: response && { ...response, ...informationalOf(entry, times) },
    ...outcomeOf(entry, responded),
    bytesReceived: responded ? size(entry.response?._transferSize) : undefined,
    missing: missingParts.length > 0 ? missing : undefined,
    by: byImport,
  });
}

function responseOf(entry: HarEntryInput): NonNullable<Request['response']> {
  const { response } = entry;
  const headers = headersOf(response?.headers);
  const named = (name: string) => headers?.find((h) => h.name.toLowerCase() === name)?.value;
  const type = response?.content?.mimeType;
  const wireBytes = size(response?.bodySize);
  const contentType = type && type !== 'x-unknown' ? type : undefined;
  const contentEncoding = named('content-encoding');
  return present({
    status: response?.status ?? undefined,
    statusText: response?.statusText || undefined,
    headers,
    headersBytes: size(response?.headersSize),
    contentType,
    contentEncoding,
    wireBytes,
    bodyBytes: size(response?.content?.size),
    content: responseBody(response?.content, { type: contentType, contentEncoding, bytes: wireBytes }),
  });
}

const typeOf = ({ postData, headers }: HarEntryInput['request']): string | undefined => {
  const header = headers?.find((h) => h.name.toLowerCase() === 'content-type')?.value;
  return postData?.mimeType || (typeof header === 'string' ? header : undefined);
};

function informationalOf(
  entry: HarEntryInput,
  times: EntryTimes,
): Pick<NonNullable<Request['response']>, 'informational'> {
  const list = (entry._informational ?? []).flatMap(({ status, time }) => {
    const at = sound(times.createdAt + time * 1000);
    return at === undefined ? [] : [{ at, status }];
  });
  return list.length > 0 ? { informational: list } : {};
}

function proxyOf(url: string, target: string): Request['proxy'] {
  const kind = /^([a-z][a-z0-9]*):/i.exec(url)?.[1]?.toLowerCase();
  if (url === '') return undefined;
  return present({ url, kind, mode: /^(https|wss):/i.test(target) ? 'tunnel' : 'forward' });
}

/** -1, null and fractions are no sizes. */
function size(bytes: number | null | undefined): number | undefined {
  return typeof bytes === 'number' && bytes >= 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

function headersOf(headers: HarHeadersInput): Header[] | undefined {
  if (!headers || headers.length === 0) return undefined;
  // A file with names alone has empty values everywhere: then they are not values.
  const valued = headers.some((h) => h.value !== undefined && h.value !== null && h.value !== '');
  return headers.map((h) =>
    present({
      name: h.name,
      value:
        valued && h.value !== undefined && h.value !== null && size(h._length) === undefined
          ? String(h.value)
          : undefined,
      length: size(h._length),
    }),
  );
}

function outcomeOf(entry: HarEntryInput, responded: boolean): Pick<Request, 'outcome' | 'error' | 'abort'> {
  const text = entry._error || entry.response?._error || entry._failureText || '';
  // Our own word for how it ended is no error of the program.
  const given = entry._state === 'aborted' ? /^aborted(?:: (.*))?$/s.exec(text) : null;
  if (given) return { outcome: 'aborted', ...(given[1] === undefined ? {} : { abort: { reason: given[1] } }) };
  const read = text === '' ? undefined : errorOfText(text);
  const phase = entry._errorPhase || phaseOfChrome(text);
  const error: ErrorInfo | undefined = read && phase && read.phase === undefined ? { phase, ...read } : read;
  const outcome = outcomeByState.get(entry._state) ?? (error ? 'failed' : responded ? 'complete' : 'interrupted');
  return error ? { outcome, error } : { outcome };
}

/** The phase that an error of Chrome (`net::ERR_CONNECTION_REFUSED`) is of, where its name says so. */
function phaseOfChrome(text: string): string | undefined {
  const code = /\bERR_[A-Z_]+/.exec(text)?.[0] ?? '';
  if (/^ERR_(NAME_NOT_RESOLVED|NAME_RESOLUTION_FAILED|DNS_)/.test(code)) return 'dns';
  if (
    /^ERR_(CONNECTION_REFUSED|CONNECTION_TIMED_OUT|CONNECTION_FAILED|ADDRESS_UNREACHABLE|INTERNET_DISCONNECTED)$/.test(
      code,
    )
  )
    return 'tcp';
  if (/^ERR_(CERT_|SSL_|BAD_SSL)/.test(code)) return 'tls';
  return /^ERR_(PROXY_|TUNNEL_)/.test(code) ? 'proxy' : undefined;
}

/** Our own state words that cannot be distinguished from the rest. */
const outcomeByState: ReadonlyMap<string | null | undefined, NonNullable<Request['outcome']>> = new Map([
  ['failed', 'failed'],
  ['aborted', 'aborted'],
  ['notRead', 'notRead'],
  ['open', 'upgraded'],
  ['interrupted', 'interrupted'],
]);

function initiatorOf({ _initiator: initiator }: HarEntryInput): Request['initiator'] {
  const kind = initiator?.type;
  if (!initiator || !kind || kind === 'script') return undefined;
  const [line, column] = [size(initiator.lineNumber), size(initiator.columnNumber)];
  return present({
    kind,
    url: initiator.url || undefined,
    line: line === undefined ? undefined : line + 1,
    column: column === undefined ? undefined : column + 1,
  });
}

function framesOf(entry: HarEntryInput) {
  if (entry._initiator?.type !== 'script') return [];
  return (entry._initiator.stack?.callFrames ?? []).slice(0, 60).flatMap(frameOf);
}

function frameOf(f: HarFrameInput): Omit<CallSite, 'kind'>[] {
  const [line, column] = [size(f.lineNumber), size(f.columnNumber)];
  // As we write it; others always have a line.
  if (f.url && f.lineNumber === undefined && f.columnNumber === undefined)
    return [present({ file: f.url, function: f.functionName || undefined, transformed: true })];
  if (!f.url || line === undefined || column === undefined) return [];
  // Chrome counts from 0, the trace from 1.
  return [present({ file: f.url, line: line + 1, column: column + 1, function: f.functionName || undefined })];
}

const siteOf = (frame: Omit<CallSite, 'kind'>): CallSite => ({ ...frame, kind: 'user' });

const withoutFragment = (url: string): string => url.replace(/#.*$/s, '');

/** Hops of redirects, where the file does not name them: the next entry with the URL that the response leads to. */
export function linkHops(read: readonly { entry: HarEntryInput; request: Request }[]): void {
  const waiting = new Map<string, Request>();
  for (const { entry, request } of read) {
    const url = withoutFragment(entry.request.url);
    const before = waiting.get(url);
    if (before && request.redirectOf === undefined && (request.createdAt ?? 0) >= (before.endAt ?? 0) - 1000) {
      request.redirectOf = before.id;
      request.operation = before.operation ?? before.id;
      before.operation = request.operation;
      waiting.delete(url);
    }
    const target = entry.response?.redirectURL;
    if (!target || !URL.canParse(target, entry.request.url)) continue;
    waiting.set(withoutFragment(new URL(target, entry.request.url).href), request);
  }
}
