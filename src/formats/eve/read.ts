/**
 * EVE's HTTPTrace JSON as a trace. Whole ms become µs; `undefined`, "" and the zero of what cannot be 0 are absent. EVE
 * reports when a request was sent and when its response came, not when it was made, sent to its end, or over: the request
 * is taken to be made no later than its dial began, and `missing` names the phases that cannot be determined.
 */
import { Check } from '../../model/base/checks';
import type { Certificate, Connection, Dial, Lookup, TlsTunnel, Trace } from '../../model/records';
import { expectValid, invalid } from '../file/parse';
import { errorOfText } from '../shared/errorText';
import { hostPortOf } from '../shared/hostPort';
import {
  byImport,
  headerLevelOf,
  type ImportedHeader,
  importedId,
  importedTrace,
  present,
  uuidOf,
} from '../shared/imported';
import { nanosecondsOf } from '../shared/time';
import { type EveDialInput, type EveInput, type EveTunnelInput, eveInput } from './input';
import { cancelled } from './names';
import { EveExchanges } from './readDns';
import { requestsOf } from './readRequests';
import { EveSockets } from './readSockets';
import { Times } from './times';

const eveCheck = new Check(eveInput, 'eve');

/** The trace of a parsed EVE file; `text` is what it was parsed from. Throws FormatError. */
export function traceOfEve(value: unknown, text: string): Trace {
  expectValid(eveCheck, value, text);
  const eve = value as EveInput;
  const begin = nanosecondsOf(eve.traceBeginAt);
  if (begin === undefined) throw invalid(['traceBeginAt'], 'must be an absolute time', text);
  return read(eve, new Times(begin), text);
}

function read(eve: EveInput, times: Times, text: string): Trace {
  const sockets = new EveSockets(eve, times);
  const exchanges = new EveExchanges(eve, times);
  const lookups: Lookup[] = [];
  const dials = (eve.dials ?? []).map((d): Dial => {
    const lookup = exchanges.lookupOf(d);
    if (lookup) lookups.push(lookup);
    return dialOf(d, times, sockets.attemptsOf(d.traceID ?? ''), lookup);
  });
  const certificates = new Map<string, Certificate>();
  const toProxy = new Set((eve.httpRequests ?? []).map((r) => r.proxyTLSTunnel ?? ''));
  const tlsTunnels = (eve.tlsTunnels ?? []).map((t) => tunnelOf(t, times, certificates, toProxy));
  const { requests, connections } = requestsOf(eve, times, { dials, connections: sockets.connections, tlsTunnels });
  const level = headerLevelOf(requests.flatMap((r) => [...(r.headers ?? []), ...(r.response?.headers ?? [])]));
  const header: ImportedHeader = present({
    id: eve.uuid || uuidOf(text),
    producer: { name: 'EVE nettrace', version: '' },
    ...(eve.description ? { description: eve.description } : {}),
    beginTime: eve.traceBeginAt,
    endAt: times.at(eve.traceEndAt),
    settings: { headerLevel: level, socketOperations: sockets.traced },
    dnsExchanges: exchanges.all(),
    socketOperations: sockets.traced ? sockets.operations : undefined,
    conntrackEntries: sockets.conntrack.length > 0 ? sockets.conntrack : undefined,
    format: 'EVE HTTPTrace JSON',
    ...(eve.netTracePath ? { netTracePath: eve.netTracePath } : {}),
  });
  const dialled = new Map(requests.flatMap((r) => (r.dial === undefined ? [] : [[r.dial, r.id] as const])));
  return importedTrace(header, {
    requests,
    dials: dials.map((d) => present({ ...d, request: dialled.get(d.id) })),
    lookups,
    connections,
    tlsTunnels,
    certificates: [...certificates.values()],
  });
}

function dialOf(d: EveDialInput, times: Times, attempts: Connection[], lookup: Lookup | undefined): Dial {
  const { host, port } = hostPortOf(d.dstAddress ?? '');
  const cancelledAt = times.at(d.ctxCloseAt);
  return present({
    id: importedId(d.traceID ?? ''),
    thread: 'import',
    host: host || undefined,
    port,
    localAddress: d.sourceIP || undefined,
    beginAt: times.at(d.dialBeginAt),
    endAt: times.at(d.dialEndAt),
    lookup: lookup?.id,
    attempts: attempts.length > 0 ? attempts.map((c) => c.id) : undefined,
    connection: d.establishedConn ? importedId(d.establishedConn) : undefined,
    error: d.dialErr && !(cancelledAt !== undefined && d.dialErr === cancelled) ? errorOfText(d.dialErr) : undefined,
    abort: cancelledAt === undefined ? undefined : { at: cancelledAt },
    by: byImport,
  });
}

function tunnelOf(
  t: EveTunnelInput,
  times: Times,
  certificates: Map<string, Certificate>,
  toProxy: ReadonlySet<string>,
): TlsTunnel {
  const chain = (t.peerCerts ?? []).map((c): string => {
    const facts = present({
      subject: c.subject ?? '',
      issuer: c.issuer ?? '',
      notBefore: times.wall(c.notBefore),
      notAfter: times.wall(c.notAfter),
      isCA: c.isCA === true,
    });
    // The file has no fingerprint: the same facts are the same certificate.
    const key = importedId(uuidOf(JSON.stringify(facts)));
    certificates.set(key, { fingerprint256: key, ...facts });
    return key;
  });
  return present({
    id: importedId(t.traceID ?? ''),
    connection: t.tcpConn ? importedId(t.tcpConn) : undefined,
    purpose: toProxy.has(t.traceID ?? '') ? 'proxy' : 'origin',
    beginAt: times.at(t.handshakeBeginAt),
    endAt: times.at(t.handshakeEndAt),
    error: t.handshakeErr ? errorOfText(t.handshakeErr) : undefined,
    serverName: t.serverName || undefined,
    alpn: t.negotiatedProto || undefined,
    cipher: t.cipherSuite ? { number: t.cipherSuite } : undefined,
    resumed: t.didResume === true,
    peerCertificates: chain,
    by: byImport,
  });
}
