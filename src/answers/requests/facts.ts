/** What is known of a request beside its phases, in sentences: code, connection, addresses, TLS, kernel. */
import { printable } from '../../model/base/printable';
import { bytesText, clockTextMs, ordinalText, plural, timeText } from '../../model/base/text';
import { grpcText } from '../../model/facts/grpc';
import { type Context, contextOf } from '../../model/phases/context';
import type { Certificate, Connection, Request, TlsTunnel } from '../../model/records';
import { addressText, lineAndColumn, type Row, transformedWords } from '../../model/rows/row';
import type { Store } from '../../model/store/store';
import { pathOf } from '../base/path';

const known = (...parts: (string | undefined)[]): string => parts.filter((p) => p !== undefined && p !== '').join(', ');

export function factLines(row: Row, request: Request, store: Store, now: number): string[] {
  const c = contextOf(request, store, now);
  const on = c.connection ?? c.winner;
  return [
    ...startLines(request, store),
    ...(request.label === undefined ? [] : [`label ${request.label}`]),
    ...(request.test === undefined ? [] : [`test ${request.test}`]),
    ...codeLines(row, request),
    ...connectionLines(row, request, store),
    // Of a ready connection these are of another request's time.
    ...((request.ordinal ?? 1) > 1 ? [] : [...lookupLines(c), ...attemptLines(c, on)]),
    ...(c.tls ? tlsLines(c.tls, store) : []),
    ...(row.grpcStatus === undefined ? [] : [`gRPC status ${grpcText(row.grpcStatus)}`]),
    ...byteLines(row, request),
    ...kernelLines(request),
    ...errorLines(request),
  ];
}

/** `12:30:00.145`, in the time of this machine. */
export function clockOf(store: Store, at: number): string | undefined {
  const begin = Date.parse(store.header.beginTime);
  if (Number.isNaN(begin)) return undefined;
  return clockTextMs(new Date(begin + at / 1000));
}

function startLines({ id, createdAt }: Request, store: Store): string[] {
  if (createdAt === undefined) return [`request ${id}`];
  const clock = clockOf(store, createdAt);
  return [`request ${id}, started ${known(clock, `${timeText(createdAt)} after the trace began`)}`];
}

export function codeLines(row: Row, { stack }: Request): string[] {
  const lines: string[] = [];
  if (row.callSite) {
    const { file, function: name } = row.callSite;
    const by = row.callSite.package === undefined ? 'in a library' : `via ${row.callSite.package}`;
    const isOwn = row.callSite.package === undefined && row.callSite.kind !== 'library';
    const library = isOwn ? '' : `, ${printable(by)}: no frame of the program’s own was seen`;
    const unknown = row.callSite.line === undefined ? `, ${transformedWords}` : '';
    lines.push(
      `called at ${pathOf(file)}${lineAndColumn(row.callSite)}${name ? ` (${name})` : ''}${library}${unknown}`,
    );
  }
  for (const frame of stack ?? []) {
    const at = frame.source ?? frame;
    const name = frame.source?.function ?? frame.function ?? '(anonymous)';
    lines.push(`  at ${frame.async ? 'async ' : ''}${name} (${pathOf(at.file)}${lineAndColumn(at)})`);
  }
  return lines;
}

function connectionLines(row: Row, request: Request, store: Store): string[] {
  const { proxy } = request;
  const lines = proxy?.url === undefined ? [] : [`through the proxy ${proxy.url}`];
  if (row.connection) {
    const { id, number, ordinal } = row.connection;
    const tunnel = store.tunnelsOf(id).at(-1);
    const local = row.localPort === undefined ? undefined : `from port ${row.localPort}`;
    const idle = request.idleDuration === undefined ? undefined : `idle for ${timeText(request.idleDuration)} before`;
    lines.push(
      `connection #${number} to ${known(row.remote, request.protocol, tunnel?.version)}, ${known(`${ordinalText(ordinal)} request on it`, local, idle)}`,
    );
  } else if (request.mocked) lines.push('mocked: answered inside the program, with no connection');
  else if (request.missing?.connection === 'notSeen') lines.push('connection not seen');
  else if (request.missing?.connection === 'stream')
    lines.push('no separate connection: it went over a stream of the program');
  return lines;
}

function lookupLines({ lookup }: Context): string[] {
  if (!lookup) return [];
  const addresses = (lookup.addresses ?? []).map((a) => a.address).join(', ');
  const from = lookup.answeredBy === undefined ? '' : ` (${lookup.answeredBy})`;
  return [`looked up ${lookup.hostname ?? 'the name'}: ${addresses || (lookup.error?.code ?? 'no address')}${from}`];
}

/** Where more than one address was tried, or none answered. */
function attemptLines({ attempts }: Context, on: Connection | undefined): string[] {
  if (attempts.length < 2 && attempts[0]?.id === on?.id) return [];
  return attempts.map(({ remote, connect }) => {
    const took =
      connect?.beginAt === undefined || connect.endAt === undefined
        ? undefined
        : timeText(connect.endAt - connect.beginAt);
    return `tried ${remote ? addressText(remote) : 'an address'}: ${known(connect?.error?.code ?? connect?.result, took)}`;
  });
}

function tlsLines(tls: TlsTunnel, store: Store): string[] {
  const resumed = tls.resumed === undefined ? undefined : tls.resumed ? 'session resumed' : 'full handshake';
  const alpn = tls.alpn === undefined ? undefined : `ALPN ${tls.alpn}`;
  const facts = known(tls.version, tls.cipher?.name ?? tls.cipher?.openssl, alpn, resumed);
  const { checked, authorized, error } = tls.verification ?? {};
  const trust =
    checked === false ? 'not checked' : authorized === false ? `not valid: ${error ?? 'refused'}` : undefined;
  const certificate = store.certificates.get(tls.peerCertificates?.[0] ?? '');
  return [
    ...(facts === '' ? [] : [tls.version === undefined ? `TLS, ${facts}` : facts]),
    ...(certificate ? [certificateText(certificate, trust)] : trust === undefined ? [] : [`certificate ${trust}`]),
  ];
}

function certificateText(c: Certificate, trust: string | undefined): string {
  const day = (time: string | undefined): string | undefined => time?.slice(0, 10);
  const valid = c.notAfter === undefined ? undefined : `valid ${day(c.notBefore) ?? ''} to ${day(c.notAfter)}`;
  const issuer = c.issuer === undefined ? undefined : `issued by ${c.issuer.replaceAll('\n', ' ')}`;
  return `certificate ${known((c.subject ?? 'without a subject').replaceAll('\n', ' '), issuer, valid, trust)}`;
}

function byteLines(row: Row, { response, body }: Request): string[] {
  const sent = row.bytesSent === undefined ? undefined : `${bytesText(row.bytesSent)} sent`;
  const received = row.bytesReceived === undefined ? undefined : `${bytesText(row.bytesReceived)} received`;
  const own = body?.bytes === undefined ? undefined : `request body ${bytesText(body.bytes)}`;
  const size = response?.bodyBytes ?? response?.wireBytes;
  const coding = response?.contentEncoding === undefined ? '' : ` (${response.contentEncoding})`;
  const theirs = size === undefined ? undefined : `response body ${bytesText(size)}${coding}`;
  const line = known(sent, received, own, theirs, response?.contentType);
  return line === '' ? [] : [line];
}

/** TCP of the request's own time; of a shared connection it is said of all on it. */
function kernelLines({ kernel: k }: Request): string[] {
  if (!k) return [];
  const rtt = k.minRtt === undefined ? undefined : `round trip at least ${shortTimeText(k.minRtt)}`;
  const repeated =
    k.retransmits === undefined ? undefined : plural(k.retransmits, 'segment repeated', 'segments repeated');
  const window =
    k.rwndLimitedDuration === undefined || k.rwndLimitedDuration === 0
      ? undefined
      : `${timeText(k.rwndLimitedDuration)} held up by the peer’s window`;
  const line = known(rtt, repeated, window);
  return line === '' ? [] : [`kernel: ${line}${k.shared ? ' (of all requests on the connection at that time)' : ''}`];
}

/** Below what `timeText` shows it would read as 0. */
const shortTimeText = (us: number): string => (us < 50 ? `${us} µs` : timeText(us));

function errorLines({ error }: Request): string[] {
  const lines: string[] = [];
  for (let e = error; e; e = e.causes?.[0])
    lines.push(`error ${[e.code, e.message].filter((t) => t !== undefined).join(': ') || (e.name ?? '')}`);
  return lines;
}
