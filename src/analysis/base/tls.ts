/** What error codes of TLS mean, and whose they are. Shared by verdict and finding. */
import type { Certificate, ErrorInfo, Evidence, Finding, TlsTunnel } from '../../model/records';
import type { Store } from '../../model/store/store';
import { words } from './draft';
import { alertText, type TlsSaid } from './tlsAlerts';

export const leafOf = (t: TlsTunnel | undefined, store: Store): Certificate | undefined =>
  t?.peerCertificates?.[0] === undefined ? undefined : store.certificates.get(t.peerCertificates[0]);

const names = (c: Certificate | undefined): string =>
  c?.subjectAltNames?.slice(0, 4).join(', ') ?? c?.subject ?? 'others';
const own = 'Give its CA by the `ca` option or NODE_EXTRA_CA_CERTS.';

/** What a failed check, handshake or alert means; undefined: it is not known. */
export function tlsText(
  error: ErrorInfo | undefined,
  tunnel: TlsTunnel | undefined,
  store: Store,
  host: string,
): TlsSaid | undefined {
  return certificateText(error?.code, tunnel, store, host) ?? alertText(error, host);
}

/** An error that is none of TLS, where the program checks the certificate's names itself. */
export function ownCheckText(error: ErrorInfo | undefined, tunnel: TlsTunnel | undefined): TlsSaid | undefined {
  if (tunnel?.verification?.ownCheck !== true || error === undefined) return;
  const why =
    [error.code, error.message].filter((part) => part !== undefined).join(', ') || error.name || 'no reason given';
  return {
    rule: 'tlsOwnCheck',
    fault: 'yourCode',
    certainty: 'likely',
    text: `The handshake worked; the program’s own \`checkServerIdentity\` refused the certificate: ${why}.`,
    advice: 'Compare the certificate with what this function expects.',
    evidence: [words('verification', tunnel.verification.error ?? 'refused', tunnel.id, 'verification.error')],
  };
}

function certificateText(
  code: string | undefined,
  tunnel: TlsTunnel | undefined,
  store: Store,
  host: string,
): TlsSaid | undefined {
  const leaf = leafOf(tunnel, store);
  const evidence: Evidence[] = leaf
    ? [
        words('certificate', leaf.subject ?? leaf.fingerprint256, leaf.fingerprint256, 'subject'),
        ...(leaf.notAfter === undefined
          ? []
          : [words('valid until', leaf.notAfter.slice(0, 10), leaf.fingerprint256, 'notAfter')]),
      ]
    : [];
  const said = (
    rule: string,
    fault: Finding['fault'],
    text: string,
    advice: string,
    certainty: TlsSaid['certainty'] = 'sure',
  ): TlsSaid => ({
    rule,
    fault,
    certainty,
    text,
    advice,
    evidence,
  });
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return said(
        'tlsExpired',
        'server',
        `The certificate of ${host} expired${leaf?.notAfter ? ` on ${leaf.notAfter.slice(0, 10)}` : ''}.`,
        'Have the certificate renewed; if every host fails like this, check this machine’s clock.',
      );
    case 'CERT_NOT_YET_VALID':
      return said(
        'tlsNotYet',
        'machine',
        `The certificate of ${host} is not valid yet.`,
        'Check the clock of this machine.',
        'likely',
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return said(
        'tlsName',
        'server',
        `The certificate is for ${names(leaf)}, not for ${tunnel?.serverName ?? host}.`,
        'Connect with a name the certificate covers, or issue one that covers this name.',
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return said('tlsSelfSigned', 'server', `The certificate of ${host} is self-signed.`, own);
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return said(
        'tlsUnknownCa',
        'yourCode',
        `The certificate chain of ${host} ends in a CA that this program does not trust.`,
        own,
      );
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return said(
        'tlsUnknownCa',
        'unclear',
        `The issuer of ${host}’s certificate is not known to this program.`,
        `${own} Or --use-system-ca.`,
        'likely',
      );
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return said(
        'tlsIncomplete',
        tunnel?.peerCertificates?.length === 1 ? 'server' : 'unclear',
        `The certificate chain of ${host} is incomplete, or its CA is private.`,
        `Ask the server to send its intermediate certificate. ${own}`,
        'likely',
      );
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return code === 'EPROTO' && tunnel?.error?.message?.includes('wrong version number') !== true
        ? undefined
        : said(
            'tlsPlainPort',
            'yourCode',
            'The port speaks plain HTTP, not TLS.',
            'Use http:, or the TLS port.',
            'likely',
          );
    default:
      return undefined;
  }
}
