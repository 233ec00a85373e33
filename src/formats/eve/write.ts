/**
 * EVE's HTTPTrace JSON from a trace. It has no place for call sites, µs, the end of a body, phases, redirects' links,
 * Unix sockets, kernel statistics, findings, nor for "not known" (written as 0, "" or `undefined`): the native file
 * has.
 */
import { sorted } from '../../model/base/canonical';
import {
  type Certificate,
  type Connection,
  type Dial,
  type Header,
  type Lookup,
  type Request,
  type TlsTunnel,
  type Trace,
  triedReasons,
} from '../../model/records';
import { cipherNumber } from '../shared/ciphers';
import { hostPortOf } from '../shared/hostPort';
import { isImported, isRead, originalId } from '../shared/imported';
import { describedWhole } from '../shared/kept';
import { lowered } from '../shared/lower';
import { errorText, hostPort } from '../shared/words';
import { Exchanges } from './dns';
import { cancelled } from './names';
import { Sockets } from './sockets';
import type { EveDial, EveHeader, EveHttpRequest, EvePeerCert, EveTlsTunnel, EveTrace } from './types';
import { eveTime, eveWallTime, textOf, uint16, uint32, unsigned } from './values';

export function eveText(doc: Trace): string {
  return `${JSON.stringify(toEve(doc), null, 2)}\n`;
}

export function toEve(trace: Trace): EveTrace {
  const eve = new Exporter(lowered(trace)).trace();
  return isImported(trace) ? (withOriginalIds(eve) as EveTrace) : eve;
}

const idFields = new Set([
  'traceID',
  'fromDial',
  'connection',
  'establishedConn',
  'tcpConn',
  'tlsTunnel',
  'proxyTLSTunnel',
]);

/** Ids as they stood in the file that the trace was read from. */
function withOriginalIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOriginalIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [
      key,
      idFields.has(key) && typeof v === 'string' ? originalId(v) : withOriginalIds(v),
    ]),
  );
}

class Exporter {
  readonly #dials: Dial[];
  readonly #sockets: Sockets;
  readonly #exchanges: Exchanges;
  readonly #connections: Map<string, Connection>;
  readonly #tunnels: Map<string, TlsTunnel[]>;
  readonly #skipped: Map<string, Lookup['skippedServers']>;

  readonly #doc: Trace;

  constructor(doc: Trace) {
    this.#doc = doc;

    this.#dials = sorted(doc.dials.filter((d) => d.path === undefined && !d.mocked));
    const dials = new Set(this.#dials.map((d) => d.id));
    this.#sockets = new Sockets(doc, dials);
    const known = [...this.#sockets.of('tcp'), ...this.#sockets.of('udp')];
    this.#connections = new Map(known.map((c) => [c.id, c]));
    this.#exchanges = new Exchanges(doc, new Set(this.#connections.keys()), dials);
    this.#skipped = new Map(doc.lookups.map((l) => [l.id, l.skippedServers]));
    this.#tunnels = new Map();
    for (const t of sorted(doc.tlsTunnels)) {
      // A tunnel over a Unix socket has no connection here.
      if (t.connection === undefined || !this.#connections.has(t.connection)) continue;
      this.#tunnels.set(t.connection, [...(this.#tunnels.get(t.connection) ?? []), t]);
    }
  }

  trace(): EveTrace {
    const doc = this.#doc;
    const certificates = new Map(doc.certificates.map((c) => [c.fingerprint256, c]));
    return {
      description: describedWhole(doc) ?? '',
      traceBeginAt: eveWallTime(doc.beginTime),
      traceEndAt: this.#time(doc.endAt),
      uuid: doc.id,
      ...(pathOf(doc) !== '' ? { netTracePath: pathOf(doc) } : {}),
      dials: this.#dials.map((d) => this.#dial(d)),
      tcpConns: this.#sockets.of('tcp').map((c) => this.#sockets.tcp(c)),
      udpConns: this.#sockets.of('udp').map((c) => this.#sockets.udp(c)),
      dnsQueries: this.#exchanges.queries(),
      tlsTunnels: sorted([...this.#tunnels.values()].flat()).map((t) => this.#tunnel(t, certificates)),
      httpRequests: sorted(doc.requests)
        .filter((r) => r.direction !== 'in' && !r.mocked)
        .map((r) => this.#request(r)),
    };
  }

  #dial(d: Dial): EveDial {
    const winner = d.connection === undefined ? undefined : this.#connections.get(d.connection);
    // Through a CONNECT tunnel the destination is the origin; the proxy's address is in the connection.
    const { host, port } = winner?.tunnel?.host === undefined ? d : winner.tunnel;
    const resolverDials = this.#exchanges.dialsOf(d.lookup);
    const skippedServers = d.lookup === undefined ? undefined : this.#skipped.get(d.lookup);
    const skipped = (skippedServers ?? []).flatMap((s) => {
      const { host: server, port: given } = hostPortOf(textOf(s.server));
      // A server that was asked and did not answer is only among the resolver's dials.
      if (triedReasons.some((why) => why === s.why) || this.#exchanges.wasAsked(d.lookup, server)) return [];
      return [hostPort(server, given ?? 53)];
    });
    return {
      traceID: d.id,
      dialBeginAt: this.#time(d.beginAt),
      dialEndAt: this.#time(d.endAt),
      ...(d.error ? { dialErr: errorText(d.error) } : d.abort && !winner ? { dialErr: cancelled } : {}),
      ctxCloseAt: this.#time(d.abort?.at),
      dstAddress: host === undefined ? '' : hostPort(host, port),
      ...(resolverDials.length > 0 ? { resolverDials } : {}),
      ...(skipped.length > 0 ? { skippedNameservers: skipped } : {}),
      ...(d.localAddress ? { sourceIP: d.localAddress } : {}),
      ...(winner ? { establishedConn: winner.id } : {}),
    };
  }

  #tunnel(t: TlsTunnel, certificates: ReadonlyMap<string, Certificate>): EveTlsTunnel {
    const { cipher } = t;
    return {
      traceID: t.id,
      tcpConn: t.connection ?? '',
      handshakeBeginAt: this.#time(t.beginAt),
      handshakeEndAt: this.#time(t.endAt),
      ...(t.error ? { handshakeErr: errorText(t.error) } : {}),
      didResume: t.resumed === true,
      peerCerts: (t.peerCertificates ?? []).flatMap((f) => peerCert(certificates.get(f))),
      cipherSuite: uint16(cipher?.number ?? (cipher?.name === undefined ? undefined : cipherNumber(cipher.name))),
      ...(t.alpn ? { negotiatedProto: t.alpn } : {}),
      serverName: t.serverName ?? '',
    };
  }

  #request(r: Request): EveHttpRequest {
    const connection = r.connection === undefined ? undefined : this.#connections.get(r.connection);
    const tunnels = connection ? (this.#tunnels.get(connection.id) ?? []) : [];
    // What speaks to the proxy itself does not speak in the tunnel that leads to the origin.
    const toProxy = r.method === 'CONNECT' || r.proxy?.mode === 'forward';
    const proxyTunnel = tunnels.find((t) => t.purpose === 'proxy');
    const isKnown = !toProxy && r.missing?.tlsTunnel !== 'notInFormat';
    const tunnel = isKnown ? tunnels.find((t) => t.purpose !== 'proxy') : undefined;
    const [major, minor] = protocolVersion(r.protocol);
    const proxy = proxyAddress(r.proxy);
    const requestHeader = headersOf(r.headers);
    const responseHeader = headersOf(r.response?.headers);
    const error = requestError(r);
    return {
      traceID: r.id,
      tcpConn: connection?.kind === 'tcp' ? connection.id : isRead(r) && !connection ? (r.connection ?? '') : '',
      ...(tunnel ? { tlsTunnel: tunnel.id } : {}),
      ...(proxyTunnel ? { proxyTLSTunnel: proxyTunnel.id } : {}),
      protoMajor: major,
      protoMinor: minor,
      ...(proxy === '' ? {} : { networkProxy: proxy }),
      reqSentAt: this.#time(r.sendBeginAt),
      reqMethod: r.method ?? '',
      reqURL: r.url ?? '',
      ...(requestHeader.length > 0 ? { reqHeader: requestHeader } : {}),
      reqContentLen: unsigned(r.body?.bytes ?? r.body?.declaredBytes),
      ...(error === undefined ? {} : { reqError: error }),
      respRecvAt: this.#time(r.responseBeginAt),
      respStatusCode: unsigned(r.response?.status),
      ...(responseHeader.length > 0 ? { respHeader: responseHeader } : {}),
      RespContentLen: unsigned(contentRead(r)),
    };
  }

  #time(us: number | undefined): string {
    return eveTime(this.#doc.beginTime, us);
  }
}

/** EVE counts what the program read of the body. Where only the size of a complete body is known, all of it was read. */
function contentRead(r: Request): number | undefined {
  const { response } = r;
  if (response?.readBytes !== undefined || r.outcome === 'notRead') return response?.readBytes;
  return (
    response?.bodyBytes ?? (r.outcome === 'complete' ? (response?.wireBytes ?? response?.declaredBytes) : undefined)
  );
}

/** Why there is no (whole) response; undefined when there is. */
function requestError(r: Request): string | undefined {
  if (r.error) return errorText(r.error);
  switch (r.outcome) {
    case 'failed':
      return 'failed';
    case 'aborted':
      return r.abort?.reason === undefined ? 'aborted' : `aborted: ${r.abort.reason}`;
    case 'processExit':
      return 'the process ended before the request did';
    case 'interrupted':
      // Of an import it is only what its format does not report.
      if (isRead(r)) return undefined;
      return 'the trace lost the process before the request ended';
    default:
      return undefined;
  }
}

function protocolVersion(protocol: string | undefined): [number, number] {
  if (protocol === 'h2') return [2, 0];
  if (protocol === 'h3') return [3, 0];
  const parts = /^http\/(\d{1,3})(?:\.(\d{1,3}))?$/i.exec(protocol ?? '');
  return [uint8(parts?.[1]), uint8(parts?.[2])];
}

const uint8 = (digits: string | undefined): number => {
  const n = Number(digits ?? 0);
  return n > 0xff ? 0 : n;
};

/** scheme://host:port of a proxy, without user info and path. */
function proxyAddress(proxy: Request['proxy']): string {
  const url = textOf(proxy?.url);
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#]*@)?([^/?#]*)/i.exec(url);
  return parts ? `${parts[1] ?? ''}${parts[2]}` : '';
}

const pathOf = (doc: Trace): string => textOf((doc as { netTracePath?: unknown }).netTracePath);

function headersOf(headers: readonly Header[] | undefined): EveHeader[] {
  return (headers ?? []).map((h) => {
    const length = uint32(h.length ?? h.value?.length);
    return {
      fieldName: h.name,
      ...(h.value ? { fieldVal: h.value } : {}),
      ...(length > 0 ? { fieldValLen: length } : {}),
    };
  });
}

function peerCert(c: Certificate | undefined): EvePeerCert[] {
  if (!c) return [];
  return [
    {
      subject: c.subject ?? '',
      issuer: c.issuer ?? '',
      notBefore: eveWallTime(c.notBefore),
      notAfter: eveWallTime(c.notAfter),
      isCA: c.isCA === true,
    },
  ];
}
