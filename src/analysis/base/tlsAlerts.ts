/** What an alert of TLS means (RFC 8446, section 6), and refusals of OpenSSL here: by the words of the error. */
import type { ErrorInfo, Evidence, Finding } from '../../model/records';
import { words } from './draft';

/** What is said of an error of TLS. */
export interface TlsSaid {
  rule: string;
  fault: Finding['fault'];
  certainty: 'sure' | 'likely' | 'unclear';
  text: string;
  advice?: string;
  evidence: Evidence[];
}

interface Meaning extends Pick<TlsSaid, 'rule' | 'fault' | 'certainty'> {
  /** Of `error.code` and `error.message`. */
  sign: RegExp;
  text: (host: string) => string;
  advice: string;
}

const meanings: readonly Meaning[] = [
  {
    sign: /alert[ _]protocol[ _]version|[: _]unsupported[ _]protocol|no[ _]protocols[ _]available/i,
    rule: 'tlsVersion',
    fault: 'unclear',
    certainty: 'likely',
    text: (host) => `This program and ${host} accept no common version of TLS.`,
    advice: 'Compare `minVersion` and `maxVersion` here with the versions that the server accepts.',
  },
  {
    sign: /alert[ _]no[ _]application[ _]protocol/i,
    rule: 'tlsAlpn',
    fault: 'unclear',
    certainty: 'likely',
    text: (host) => `${host} speaks none of the protocols that were offered (ALPN).`,
    advice: 'Compare `ALPNProtocols` here with the protocols of the server: h2, http/1.1.',
  },
  {
    sign: /alert[ _]certificate[ _]required|peer did not return a certificate/i,
    rule: 'tlsClientCertificate',
    fault: 'yourCode',
    certainty: 'sure',
    text: (host) => `${host} asks for a client certificate, and none was sent.`,
    advice: 'Give `cert` and `key` (or `pfx`) in the options of the request or its Agent.',
  },
  {
    sign: /alert[ _](bad|unsupported)[ _]certificate|alert[ _]certificate[ _](expired|revoked|unknown)|alert[ _]unknown[ _]ca/i,
    rule: 'tlsClientCertificate',
    fault: 'unclear',
    certainty: 'likely',
    text: (host) => `${host} does not accept the client certificate.`,
    advice: 'Check that it is valid now, and issued by a CA that the server trusts.',
  },
  {
    sign: /(alert|tlsv1|tls)[ _]unrecognized[ _]name/i,
    rule: 'tlsServerName',
    fault: 'yourCode',
    certainty: 'likely',
    text: (host) => `The server does not know the name ${host} (SNI).`,
    advice: 'Connect with a name that the server serves, or set `servername`.',
  },
  {
    sign: /unsafe[ _]legacy[ _]renegotiation[ _]disabled/i,
    rule: 'tlsLegacy',
    fault: 'server',
    certainty: 'sure',
    text: (host) => `${host} speaks only an insecure form of renegotiation, which OpenSSL 3 refuses.`,
    advice: 'Have the server support RFC 5746.',
  },
  {
    sign: /(dh|ee|ca)[ _](key|md)[ _]too[ _](small|weak)/i,
    rule: 'tlsWeakKey',
    fault: 'server',
    certainty: 'sure',
    text: (host) => `A key or signature of ${host} is too weak for this program’s OpenSSL.`,
    advice: 'Have the server use longer keys and a newer signature.',
  },
  {
    sign: /alert[ _]handshake[ _]failure|alert[ _]insufficient[ _]security/i,
    rule: 'tlsRefused',
    fault: 'unclear',
    certainty: 'likely',
    text: (host) =>
      `${host} refused the TLS handshake: no common cipher or settings, or it wants a client certificate.`,
    advice:
      'Compare ciphers, curves and `sigalgs` here with those of the server; give `cert` and `key` if it asks for them.',
  },
];

const textOf = (error: ErrorInfo | undefined): string => `${error?.code ?? ''} ${error?.message ?? ''}`;

/** Whether OpenSSL refused something, or the peer's: in whatever phase it came. */
export const isTlsError = (error: ErrorInfo | undefined): boolean =>
  error?.code?.startsWith('ERR_SSL_') === true ||
  (error?.code === 'EPROTO' && error.message?.includes('SSL routines') === true);

/** undefined: it is none that is known. */
export function alertText(error: ErrorInfo | undefined, host: string): TlsSaid | undefined {
  const said = textOf(error);
  const meaning = meanings.find(({ sign }) => sign.test(said));
  if (!meaning) return undefined;
  const { rule, fault, certainty, text, advice } = meaning;
  const alert = /SSL routines:[^:]*:([^:]+)/.exec(error?.message ?? '')?.[1] ?? error?.code ?? '';
  return {
    rule,
    fault,
    certainty,
    text: text(host),
    advice,
    evidence: [words('TLS', alert, undefined, 'error.message')],
  };
}
