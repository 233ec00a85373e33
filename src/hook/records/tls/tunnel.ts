/** One TLS tunnel and its lines: what was agreed, by which certificates, and how the handshake ended. */
import type { TLSSocket } from 'node:tls';
import { errorInfo } from '../../output/errors';
import { line } from '../../output/json';
import { now, us } from '../../runtime/clock';
import { nextId } from '../../runtime/ids';
import type { ConnectOptions } from '../../runtime/nodeTypes';
import { chainOf, type Flight, type NewCertificate, ownCertificate, reportCertificates } from './certificates';
import { cipherNumber } from './ciphers';

export class Tunnel {
  readonly id = nextId();
  beginAt = 0;
  private endAt = 0;
  private error: unknown;
  alpn = '';
  private facts: object = {};
  private certificates: NewCertificate[] = [];
  private verification: object | undefined;
  private finished = false;
  private written = false;
  /** An OCSP response came with the chain; only known when the program asked. */
  stapled: boolean | undefined;
  keysLogged = false;
  /** Of a resumed session, the ticket that it was resumed with. */
  private used: Buffer | undefined;
  private ticket: boolean | undefined;
  private ticketWritten = false;
  private serverName: string | undefined;
  /** For the chain that was sent. */
  readonly flight: Flight = { before: 0, staple: 0 };
  private unsure = false;
  private readonly offered: string[] | undefined;

  /** The program wants an unauthorized peer refused. */
  private readonly checked: boolean;

  constructor(o: ConnectOptions) {
    const { rejectUnauthorized } = o;
    this.checked =
      rejectUnauthorized === undefined
        ? process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0'
        : rejectUnauthorized !== false;
    this.serverName = typeof o.servername === 'string' && o.servername !== '' ? o.servername : undefined;
    this.offered = protocols(o.ALPNProtocols);
  }

  get isWritten(): boolean {
    return this.written;
  }

  get due(): boolean {
    return this.finished && !this.written;
  }

  /** Handshake done: what was agreed, and the chain. */
  agreed(socket: TLSSocket): void {
    this.endAt = now();
    const cipher = socket.getCipher() as { name?: string; standardName?: string } | undefined;
    const resumed = socket.isSessionReused();
    const alpn: unknown = socket.alpnProtocol;
    if (typeof alpn === 'string') this.alpn = alpn;
    const key = socket.getEphemeralKeyInfo() as { name?: string; type?: string; size?: number } | null;
    const chain = resumed ? undefined : chainOf(socket, this.flight);
    this.unsure = chain?.unsure === true;
    // Not among the options of a handshake over a socket that was there before.
    this.serverName ??= (socket as { servername?: string | false }).servername || undefined;
    const own = ownCertificate(socket);
    this.certificates = [...(chain?.lines ?? []), ...(own?.lines ?? [])];
    if (resumed) this.used = socket.getTLSTicket();
    this.facts = {
      alpn: this.alpn || undefined,
      version: socket.getProtocol() ?? undefined,
      cipher: cipher?.name
        ? { name: cipher.standardName, openssl: cipher.name, number: cipherNumber(cipher.standardName) }
        : undefined,
      resumed,
      ephemeralKey: key?.type ? { type: key.name ?? key.type, size: key.size } : undefined,
      peerCertificates: chain?.fingerprints,
      clientCertificate: own?.fingerprint,
    };
  }

  /** Before the socket goes: TLS 1.3 sends tickets after the handshake. */
  closing(socket: TLSSocket): void {
    const ticket = socket.getTLSTicket();
    this.ticket = ticket !== undefined && !(this.used && ticket.equals(this.used));
  }

  /** What was learned after the `tls` line. */
  lateLines(): string {
    if (this.ticket === undefined || this.ticketWritten || !this.written) return '';
    this.ticketWritten = true;
    return line({ k: 'tls', id: this.id, ticket: this.ticket });
  }

  /** Verdict on the certificate. With `rejectUnauthorized: false` an unauthorized peer is no error. */
  verified(socket: TLSSocket): void {
    const why: unknown = socket.authorizationError;
    this.verification = {
      checked: this.checked,
      authorized: socket.authorized,
      error: socket.authorized || !why ? undefined : String((why as { code?: unknown }).code ?? why),
    };
    this.finished = true;
    // Node holds the Finished message back until the peer's names are checked: the peer hears of the end only now.
    this.endAt = now();
  }

  /** `ownCheck`: the program gave a function of its own that checks whom the certificate names. */
  failed(error: unknown, t: number, ownCheck = false): void {
    if (this.finished) return;
    this.finished = true;
    this.error = error ?? undefined;
    const code = (error as { code?: unknown } | null | undefined)?.code;
    if (this.endAt !== 0 && error) {
      this.verification = {
        checked: this.checked,
        authorized: false,
        error: typeof code === 'string' ? code : String(error),
        ownCheck: ownCheck || undefined,
      };
    }
    this.endAt = t;
  }

  /** `outer`: the tunnel that it runs in. */
  lines(connection: number, purpose: 'origin' | 'proxy' = 'origin', outer?: number): string {
    this.written = true;
    const tls = line({
      k: 'tls',
      id: this.id,
      connection,
      outer,
      purpose,
      beginAt: us(this.beginAt),
      endAt: us(this.endAt),
      serverName: this.serverName,
      alpnOffered: this.offered,
      ...this.facts,
      ocspStapled: this.stapled,
      keysLogged: this.keysLogged || undefined,
      verification: this.verification,
      missing: this.unsure ? { peerCertificates: 'rootNotTold' } : undefined,
      error: this.error === undefined ? undefined : errorInfo(this.error, 'tls'),
    });
    const lines = reportCertificates(this.certificates) + tls;
    this.certificates = [];
    return lines;
  }
}

/** Names in a list, or in the length-prefixed form of the wire. */
function protocols(v: unknown): string[] | undefined {
  if (Array.isArray(v)) return v.filter((p): p is string => typeof p === 'string');
  if (!ArrayBuffer.isView(v)) return undefined;
  const bytes = Buffer.from(v.buffer, v.byteOffset, v.byteLength);
  const names: string[] = [];
  for (let i = 0; i < bytes.length; i += 1 + (bytes[i] ?? 0))
    names.push(bytes.toString('latin1', i + 1, i + 1 + (bytes[i] ?? 0)));
  return names;
}
