/** Certificates and protocols that are weak, do not hold, or soon will not. By host; dates by the trace's own clock. */
import type { Certificate, ErrorInfo, TlsTunnel } from '../../../model/records';
import { type Draft, draft, number, words } from '../../base/draft';
import type { Facts } from '../../base/facts';
import { certificateDays, minRsaBits } from '../../base/limits';
import { hostOf, isLoopback, originOf } from '../../base/places';
import { leafOf, tlsText } from '../../base/tls';
import { isTlsError } from '../../base/tlsAlerts';

const day = 86_400_000;
const weakVersions = new Set(['SSLv3', 'TLSv1', 'TLSv1.1']);
const weakCipher = /RC4|3DES|_DES_|NULL|EXPORT|MD5|anon/i;

interface Seen {
  tunnel: TlsTunnel;
  host: string;
  leaf: Certificate | undefined;
  subjects: string[];
  /** Of the handshake, or an alert after it: TLS 1.3 looks at a client's certificate when the client is ready already. */
  error: ErrorInfo | undefined;
}

export function certificateRule(facts: Facts): Draft[] {
  const begin = Date.parse(facts.store.header.beginTime);
  return seenBy(facts).flatMap((s) => [...failed(s, facts), ...expiring(s, begin), ...unverified(s), ...weak(s)]);
}

/** One a host and certificate, and result of the check. */
function seenBy({ store }: Facts): Seen[] {
  const seen = new Map<string, Seen>();
  for (const tunnel of store.tlsTunnels.values()) {
    const dial = store.dials.get(store.connections.get(tunnel.connection ?? '')?.dial ?? '');
    let ids = tunnel.connection === undefined ? [] : store.requestsOfConnection(tunnel.connection);
    // The request of a handshake that failed was never given the connection.
    if (ids.length === 0 && dial?.request !== undefined) ids = [dial.request];
    const url = ids[0] === undefined ? undefined : store.requests.get(ids[0])?.url;
    const host = tunnel.serverName ?? (hostOf(originOf(url)) || dial?.host || '');
    const alert = store.connections.get(tunnel.connection ?? '')?.error;
    const error = tunnel.error ?? (isTlsError(alert) ? alert : undefined);
    const key = [host, tunnel.peerCertificates?.[0], error?.code, tunnel.verification?.error, tunnel.version].join();
    const known = seen.get(key);
    if (known) known.subjects.push(...ids);
    else
      seen.set(key, {
        tunnel,
        host,
        leaf: leafOf(tunnel, store),
        subjects: ids.length > 0 ? [...ids] : [tunnel.id],
        error,
      });
  }
  return [...seen.values()];
}

const named = (s: Seen): string => s.host || s.leaf?.subject || 'the server';
const gentle = (s: Seen, severity: 'warning' | 'error'): 'info' | 'warning' | 'error' =>
  isLoopback(s.host) ? 'info' : severity;

function failed(s: Seen, { store }: Facts): Draft[] {
  const { error } = s;
  const said = error && tlsText(error, s.tunnel, store, named(s));
  if (!said) return [];
  const { rule: _, ...rest } = said;
  const evidence = [words('error', error.code ?? '', s.tunnel.id, 'error.code'), ...said.evidence];
  return [
    draft({
      ...rest,
      evidence,
      rule: 'tls-certificate',
      severity: 'error',
      title: `TLS to ${named(s)} failed`,
      subjects: s.subjects,
    }),
  ];
}

function expiring(s: Seen, begin: number): Draft[] {
  const { leaf } = s;
  const until = Date.parse(leaf?.notAfter ?? '');
  const from = Date.parse(leaf?.notBefore ?? '');
  if (!leaf || Number.isNaN(until) || Number.isNaN(begin) || s.tunnel.error) return [];
  const left = (until - begin) / day;
  const life = Number.isNaN(from) ? Number.POSITIVE_INFINITY : (until - from) / day;
  const short = life <= certificateDays.shortLife;
  const urgent = short ? left < life * certificateDays.shortShare : left < certificateDays.error;
  if (short ? !urgent : left >= certificateDays.warning) return [];
  const over = left < 0;
  const days = Math.floor(Math.abs(left));
  return [
    draft({
      rule: 'tls-certificate',
      severity: gentle(s, urgent ? 'error' : 'warning'),
      title: `Certificate of ${named(s)} ${over ? 'expired' : `expires in ${days} days`}`,
      text: `The certificate of ${named(s)} ${over ? `expired on ${leaf.notAfter?.slice(0, 10)}, ${days} days before this trace` : `expires on ${leaf.notAfter?.slice(0, 10)}, ${days} days after this trace`}.`,
      fault: 'server',
      certainty: 'sure',
      subjects: s.subjects,
      evidence: [
        words('expires', leaf.notAfter?.slice(0, 10) ?? '', leaf.fingerprint256, 'notAfter'),
        number('days left', Math.floor(left)),
      ],
      advice: 'Have the certificate renewed.',
    }),
  ];
}

/** The check failed and the program went on. */
function unverified(s: Seen): Draft[] {
  const v = s.tunnel.verification;
  if (v?.authorized !== false || s.tunnel.error) return [];
  const name = v.error === 'ERR_TLS_CERT_ALTNAME_INVALID';
  return [
    draft({
      rule: name ? 'tls-certificate' : 'verification-off',
      severity: gentle(s, 'warning'),
      title: name ? `Certificate is not for ${named(s)}` : `Invalid certificate of ${named(s)} accepted`,
      text: name
        ? `The certificate is for ${s.leaf?.subjectAltNames?.slice(0, 4).join(', ') ?? s.leaf?.subject ?? 'others'}, not for ${named(s)}; the program accepted it.`
        : `The certificate of ${named(s)} is invalid (${v.error ?? 'not authorized'}) and the program accepted it: a man in the middle could respond.`,
      fault: name ? 'server' : 'yourCode',
      certainty: 'sure',
      subjects: s.subjects,
      evidence: [words('verification', v.error ?? 'not authorized', s.tunnel.id, 'verification.error')],
      advice: 'Pass its CA with the `ca` option or NODE_EXTRA_CA_CERTS, and keep verification on.',
    }),
  ];
}

function weak(s: Seen): Draft[] {
  const { version, cipher } = s.tunnel;
  const name = cipher?.name ?? cipher?.openssl;
  const bits = s.leaf?.keyType === 'rsa' ? s.leaf.keyBits : undefined;
  const why =
    version !== undefined && weakVersions.has(version)
      ? words('protocol', version, s.tunnel.id, 'version')
      : name !== undefined && weakCipher.test(name)
        ? words('cipher', name, s.tunnel.id, 'cipher.name')
        : bits !== undefined && bits < minRsaBits
          ? words('key', `RSA ${bits}`, s.leaf?.fingerprint256, 'keyBits')
          : undefined;
  if (!why) return [];
  return [
    draft({
      rule: 'weak-tls',
      severity: gentle(s, 'warning'),
      title: `Weak TLS with ${named(s)}`,
      text: `${named(s)} speaks ${why.value} (${why.what}), which is considered broken.`,
      fault: 'server',
      certainty: 'sure',
      subjects: s.subjects,
      evidence: [why],
      advice: 'Configure the server for TLS 1.2 or later with a modern cipher and key.',
    }),
  ];
}
