/** The peer's chain as `cert` lines, each certificate once an isolate. */
import type { DetailedPeerCertificate, PeerCertificate, TLSSocket } from 'node:tls';
import { line } from './text';

const seen = new Set<string>();
/** A program that meets endless certificates must not fill the memory; a certificate written twice does no harm. */
const mostSeen = 1000;

export function chainOf(socket: TLSSocket): { fingerprints: string[]; lines: string } | undefined {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw && !chain.includes(next) && chain.length < 16) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  if (chain.length === 0) return undefined;
  if (!rootWasSent(socket, chain)) chain.pop();
  const lines = chain.map(lineOnce).join('');
  return { fingerprints: chain.map((c) => c.fingerprint256), lines };
}

/**
 * The own certificate, when the server asked for one: only then does OpenSSL know which signatures both sides take. Not
 * in a resumed session, where none is sent again.
 */
export function ownCertificate(socket: TLSSocket): { fingerprint: string; lines: string } | undefined {
  if (socket.isSessionReused() || socket.getSharedSigalgs().length === 0) return undefined;
  const own = socket.getCertificate() as Partial<PeerCertificate> | null;
  if (!own?.fingerprint256) return undefined;
  return { fingerprint: own.fingerprint256, lines: lineOnce(own as PeerCertificate) };
}

function lineOnce(c: PeerCertificate): string {
  if (seen.has(c.fingerprint256)) return '';
  if (seen.size > mostSeen) seen.clear();
  seen.add(c.fingerprint256);
  return certificateLine(c);
}

/**
 * Node ends the chain with the root from its own store, sent or not. A root that was sent has come over the wire: all
 * certificates together with the rest of the server's flight (at least 100 bytes and a signature) are no more than what
 * the socket had received when the handshake ended.
 */
function rootWasSent(socket: TLSSocket, chain: DetailedPeerCertificate[]): boolean {
  const root = chain[chain.length - 1] as DetailedPeerCertificate;
  if (chain.length < 2 || root.issuerCertificate !== root) return true;
  const handle = (socket as { _handle?: { _parent?: { bytesRead?: unknown } } })._handle;
  const received = handle?._parent?.bytesRead;
  if (typeof received !== 'number') return true;
  const bits = chain[0]?.asn1Curve ? 512 : (chain[0]?.bits ?? 0);
  const rest = 100 + bits / 8;
  return received >= chain.reduce((sum, c) => sum + c.raw.length, rest);
}

function certificateLine(c: PeerCertificate): string {
  const curve = c.asn1Curve ?? c.nistCurve;
  return line({
    k: 'cert',
    fingerprint256: c.fingerprint256,
    subject: distinguishedName(c.subject),
    issuer: distinguishedName(c.issuer),
    serialNumber: c.serialNumber,
    notBefore: instant(c.valid_from),
    notAfter: instant(c.valid_to),
    isCA: typeof c.ca === 'boolean' ? c.ca : undefined,
    subjectAltNames: c.subjectaltname ? c.subjectaltname.split(', ') : undefined,
    keyType: curve ? 'ec' : c.modulus ? 'rsa' : keyTypeOf(c),
    keyBits: c.bits,
  });
}

/** Newer kinds have neither curve nor modulus. */
function keyTypeOf(c: PeerCertificate): string | undefined {
  if (!c.raw) return undefined;
  const { X509Certificate } = require('node:crypto') as typeof import('node:crypto');
  return new X509Certificate(c.raw).publicKey.asymmetricKeyType;
}

const distinguishedName = (name: object | undefined): string | undefined =>
  name &&
  Object.entries(name)
    .flatMap(([k, v]) => (Array.isArray(v) ? v : [v]).map((one) => `${k}=${one}`))
    .join(', ');

/** `Aug  1 00:00:00 2026 GMT` as RFC 3339; absent when it cannot be read. */
function instant(text: string): string | undefined {
  const t = Date.parse(text);
  return Number.isNaN(t) ? undefined : new Date(t).toISOString().replace('.000Z', 'Z');
}
