/** The peer's chain as `cert` lines, each certificate once an isolate: with the first tunnel that is reported. */

import type { DetailedPeerCertificate, PeerCertificate, TLSSocket } from 'node:tls';
import { line } from '../../output/json';
import { nodeModule } from '../../runtime/builtins';

const reported = new Set<string>();
/** A program that meets endless certificates must not fill the memory; a certificate written twice does no harm. */
const maxReported = 1000;

/** What the chain's place in the server's bytes is reckoned with. */
export interface Flight {
  /** Bytes that had come when the handshake began. */
  before: number;
  /** Of the OCSP response. */
  staple: number;
}

/** A certificate that may have to be reported. */
export interface NewCertificate {
  fingerprint: string;
  line: string;
}

interface Chain {
  fingerprints: string[];
  lines: NewCertificate[];
  /** Whether a root was sent cannot be determined: it is left out. */
  unsure: boolean;
}

/** What of a certificate its chain is reckoned with. */
interface Piece {
  fingerprint: string;
  bytes: number;
  isRoot: boolean;
  /** Of its signatures. */
  signature: number;
}

/** Chains by their leaf: reading one costs Node a part of a millisecond. */
const kept = new Map<string, readonly Piece[]>();
const maxKept = 100;

export function chainOf(socket: TLSSocket, flight: Flight): Chain | undefined {
  const leaf = kept.size === 0 ? undefined : socket.getPeerCertificate(false);
  const known = leaf === undefined ? undefined : kept.get(leaf.fingerprint256);
  const again = known && sentOf(socket, known, flight);
  // What is not explained by the chain as it was is a reason to look again.
  if (known && again?.exact) {
    const fingerprints = fingerprintsOf(known, again.count);
    if (fingerprints.every((f) => reported.has(f))) return { fingerprints, lines: [], unsure: false };
  }
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw && !chain.includes(next) && chain.length < 16) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  const [first] = chain;
  if (first === undefined) return undefined;
  const pieces = chain.map(pieceOf);
  const { count, exact } = sentOf(socket, pieces, flight);
  if (exact) {
    if (kept.size >= maxKept) kept.clear();
    kept.set(first.fingerprint256, pieces);
  }
  const lines = chain.slice(0, count).flatMap(unreported);
  return { fingerprints: fingerprintsOf(pieces, count), lines, unsure: !exact && count < chain.length };
}

const fingerprintsOf = (pieces: readonly Piece[], count: number): string[] =>
  pieces.slice(0, count).map((p) => p.fingerprint);

const pieceOf = (c: DetailedPeerCertificate): Piece => ({
  fingerprint: c.fingerprint256,
  bytes: c.raw.length + 3,
  isRoot: c.issuerCertificate === c,
  signature: c.asn1Curve ? (c.bits ?? 0) / 4 : (c.bits ?? 0) / 8,
});

/**
 * The own certificate, when the server asked for one: only then does OpenSSL know which signatures both sides take. Not
 * in a resumed session, where none is sent again.
 */
export function ownCertificate(socket: TLSSocket): { fingerprint: string; lines: NewCertificate[] } | undefined {
  if (socket.isSessionReused() || socket.getSharedSigalgs().length === 0) return undefined;
  const own = socket.getCertificate() as Partial<PeerCertificate> | null;
  if (!own?.fingerprint256) return undefined;
  return { fingerprint: own.fingerprint256, lines: unreported(own as PeerCertificate) };
}

const unreported = (c: PeerCertificate): NewCertificate[] =>
  reported.has(c.fingerprint256) ? [] : [{ fingerprint: c.fingerprint256, line: certificateLine(c) }];

/** Their lines, of those that have not been reported since. */
export function reportCertificates(list: readonly NewCertificate[]): string {
  let lines = '';
  for (const { fingerprint, line } of list) {
    if (reported.has(fingerprint)) continue;
    if (reported.size > maxReported) reported.clear();
    reported.add(fingerprint);
    lines += line;
  }
  return lines;
}

/** More than this beside the certificates is not explained by what a server usually says. */
const usual = 400;

/**
 * Node completes the chain with certificates of its own store, up to the root. What the server sent came over the wire:
 * so the chain ends where the bytes that the socket had received by the end of the handshake are used up, less what it
 * must have said besides. Where that leaves too much, or the server asked for a certificate (with names of any length),
 * it is not known of a root at the end.
 */
function sentOf(socket: TLSSocket, chain: readonly Piece[], flight: Flight): { count: number; exact: boolean } {
  const [leaf, last] = [chain[0] as Piece, chain[chain.length - 1] as Piece];
  const handle = (socket as { _handle?: { _parent?: { bytesRead?: unknown } } })._handle;
  const received = handle?._parent?.bytesRead;
  const unknown = { count: last.isRoot && chain.length > 1 ? chain.length - 1 : chain.length, exact: false };
  if (typeof received !== 'number') return unknown;
  let left = received - flight.before - flight.staple - smallestBeside(socket, leaf) - leaf.bytes;
  let count = 1;
  while (count < chain.length && left >= (chain[count] as Piece).bytes) {
    left -= (chain[count] as Piece).bytes;
    count++;
  }
  const asked = socket.getSharedSigalgs().length > 0;
  return count === chain.length && (asked || left >= usual) ? unknown : { count, exact: true };
}

/** Bytes of a server's share of the key exchange. */
const shares: Readonly<Record<string, number>> = {
  X25519: 32,
  X448: 56,
  prime256v1: 65,
  secp384r1: 97,
  secp521r1: 133,
  X25519MLKEM768: 1120,
  SecP256r1MLKEM768: 1153,
  SecP384r1MLKEM1024: 1665,
  MLKEM512: 768,
  MLKEM768: 1088,
  MLKEM1024: 1568,
};

/** The least that a server says in the handshake beside certificates, records and headers included. */
function smallestBeside(socket: TLSSocket, { signature }: Piece): number {
  const key = socket.getEphemeralKeyInfo() as { name?: string; type?: string; size?: number } | null;
  const is13 = socket.getProtocol() === 'TLSv1.3';
  // Node 22 knows no name for the hybrid that its OpenSSL prefers.
  const unnamed = is13 && !key?.type ? shares.X25519MLKEM768 : undefined;
  const share = shares[key?.name ?? ''] ?? unnamed ?? (key?.type === 'DH' ? (key.size ?? 0) / 8 : 0);
  // Hello 63, its extensions 6, certificates 8, signature 8, Finished 36, one record of 22.
  if (is13) return 143 + share + signature;
  // Hello 49, certificates 7, key exchange 12, done 4, change of cipher 6, Finished 37.
  const exchange = key?.type ? 12 + share + signature : 0;
  const ticket = socket.getTLSTicket()?.length;
  return 103 + exchange + (ticket === undefined ? 0 : ticket + 10);
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
  const { X509Certificate } = nodeModule('node:crypto') as typeof import('node:crypto');
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
