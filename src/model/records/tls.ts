/** TLS tunnel and certificate. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { by, flag, id, instant, integer, missing, optional, record, ref, text, wallTime, words } from '../base/schema';
import { errorInfo } from './common';

export const tlsTunnel = record(
  {
    id: id('Id of the tunnel.'),
    connection: optional(ref('connections', 'Connection it runs on.')),
    outer: optional(ref('tlsTunnels', 'Tunnel it runs in (TLS in TLS).')),
    purpose: optional(words(['origin', 'proxy'], 'Whom it leads to.')),
    beginAt: optional(instant('Handshake began. Absent: not seen.')),
    endAt: optional(instant('Handshake ended.')),
    error: optional(errorInfo('Why the handshake or the check failed.')),
    serverName: optional(text('Server name sent (SNI).')),
    alpnOffered: optional(Type.Array(Type.String(), { description: 'Protocols offered.' })),
    alpn: optional(text('Protocol agreed.')),
    version: optional(text('`TLSv1.3` …')),
    cipher: optional(
      record(
        {
          name: optional(text('IANA name.')),
          openssl: optional(text('OpenSSL name.')),
          number: optional(integer('IANA number; absent when not known for the name.')),
        },
        'Cipher suite agreed.',
      ),
    ),
    resumed: optional(flag('Session was resumed.')),
    ticket: optional(flag('A session ticket came.')),
    ocspStapled: optional(flag('An OCSP response was stapled.')),
    ephemeralKey: optional(
      record({ type: optional(text('Group or kind.')), size: optional(integer('Bits.')) }, 'Key exchange.'),
    ),
    verification: optional(
      record(
        {
          checked: optional(flag('False: the program switched the check off.')),
          authorized: optional(flag('Whether the chain and the name are valid.')),
          error: optional(text('Why not.')),
          ownCheck: optional(
            flag(
              'True: the program had given a `checkServerIdentity` of its own, which may be what refused. Absent: it had not, or it passed.',
            ),
          ),
        },
        'Result of the certificate check, apart from the handshake’s.',
      ),
    ),
    peerCertificates: optional(
      Type.Array(Type.String({ 'x-ref': 'certificates' }), {
        description: 'Fingerprints of the chain in the order sent.',
      }),
    ),
    clientCertificate: optional(text('Fingerprint of the own certificate used.')),
    keysLogged: optional(flag('Its keys were logged.')),
    lost: optional(Type.Array(Type.String(), { description: 'Which of its event lines are missing.' })),
    missing,
    by,
  },
  'One TLS handshake and what it agreed. What was agreed before a failure stays.',
);
export type TlsTunnel = Static<typeof tlsTunnel>;

export const certificate = record(
  {
    fingerprint256: id('SHA-256 fingerprint.'),
    subject: optional(text('Subject.')),
    issuer: optional(text('Issuer.')),
    serialNumber: optional(text('Serial number, hexadecimal.')),
    notBefore: optional(wallTime('Valid from.')),
    notAfter: optional(wallTime('Valid until.')),
    isCA: optional(flag('May sign others. Absent: not known.')),
    subjectAltNames: optional(Type.Array(Type.String(), { description: 'Names it is valid for.' })),
    keyType: optional(text('rsa, ec …')),
    keyBits: optional(integer('Key size in bits.')),
    cut: optional(Type.Array(Type.String(), { description: 'Fields whose text was cut.' })),
  },
  'A certificate, once a trace. Never key material.',
);
export type Certificate = Static<typeof certificate>;
