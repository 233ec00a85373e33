/** TLS of a connection: what was agreed with proxy and origin, and the certificates. */
import { timeText } from '../../../src/model/base/text';
import type { Certificate, Details, TlsTunnel } from '../../view/types';
import { tlsText } from '../../view/words/words';
import { Icon } from '../parts/icon';
import { errorText, Fact } from './facts';

const day = (text: string | undefined): string | undefined => text?.slice(0, 10);

function CertificateFacts({ certificate: c, place }: { certificate: Certificate; place: number }) {
  const over = c.notAfter !== undefined && Date.parse(c.notAfter) < Date.now();
  const from = day(c.notBefore);
  const until = day(c.notAfter);
  return (
    <tr>
      <th scope="row">{place === 0 ? 'Server’s' : `Issuer ${place}`}</th>
      <td>
        {c.subject ?? c.fingerprint256}
        {c.issuer && c.issuer !== c.subject ? <div class="dim">issued by {c.issuer}</div> : null}
        <div>
          {over && <Icon name="warning" />}
          {over
            ? `expired ${until}`
            : [from && `valid from ${from}`, until && `until ${until}`].filter(Boolean).join(' ')}
          {c.keyType && `, ${c.keyType}${c.keyBits ? ` ${c.keyBits}` : ''}`}
        </div>
        {place === 0 && c.subjectAltNames && c.subjectAltNames.length > 0 && (
          <div class="dim">for {c.subjectAltNames.map((n) => n.replace(/^(DNS|IP Address):/, '')).join(', ')}</div>
        )}
        {c.isCA && <div class="dim">certificate authority</div>}
      </td>
    </tr>
  );
}

function TlsFacts({ t, title }: { t: TlsTunnel; title: string }) {
  const v = t.verification;
  const code = v?.error ?? t.error?.code;
  return (
    <>
      <h3>{title}</h3>
      <table class="kv">
        <tbody>
          <Fact name="Version">{tlsText(t.version)}</Fact>
          <Fact name="Cipher" mono>
            {t.cipher &&
              `${t.cipher.name ?? t.cipher.openssl}${t.cipher.number === undefined ? '' : ` (IANA 0x${t.cipher.number.toString(16).padStart(4, '0')})`}`}
          </Fact>
          <Fact name="ALPN">
            {t.alpn ?? (t.alpnOffered ? 'none agreed' : undefined)}
            {t.alpnOffered && t.alpnOffered.length > 0 ? ` (offered ${t.alpnOffered.join(', ')})` : ''}
          </Fact>
          <Fact name="Server name">{t.serverName}</Fact>
          <Fact name="Key exchange">
            {t.ephemeralKey?.type && `${t.ephemeralKey.type}${t.ephemeralKey.size ? ` ${t.ephemeralKey.size}` : ''}`}
          </Fact>
          <Fact name="Took">
            {t.beginAt !== undefined && t.endAt !== undefined ? timeText(t.endAt - t.beginAt) : undefined}
          </Fact>
          <Fact name="Resumed">{t.resumed === undefined ? undefined : t.resumed ? 'yes' : 'no'}</Fact>
          <Fact name="Session ticket">{t.ticket === undefined ? undefined : t.ticket ? 'received' : 'none'}</Fact>
          <Fact name="OCSP staple">
            {t.ocspStapled === undefined ? undefined : t.ocspStapled ? 'received' : 'none'}
          </Fact>
          <Fact name="Own certificate" mono>
            {t.clientCertificate}
          </Fact>
          <Fact name="Keys">{t.keysLogged ? 'written to the key log' : undefined}</Fact>
          <Fact name="Verification">
            {v && (
              <>
                <Icon name={v.authorized ? 'check' : 'error'} />
                {v.authorized ? 'valid' : `failed${code === undefined ? '' : `: ${code}`}`}
                {v.checked === false ? ' (the program turned verification off)' : ''}
              </>
            )}
          </Fact>
          <Fact name="Failed">{errorText(t.error)}</Fact>
        </tbody>
      </table>
    </>
  );
}

/** The proxy's tunnel first: the origin's runs in it. */
export function Tls({ details }: { details: Details }) {
  const { tunnel, proxyTunnel } = details;
  if (!tunnel && !proxyTunnel) return null;
  const title = tunnel?.purpose === 'proxy' ? 'TLS to the proxy' : proxyTunnel ? 'TLS to the origin, inside it' : 'TLS';
  return (
    <>
      {proxyTunnel && <TlsFacts t={proxyTunnel} title="TLS to the proxy" />}
      {tunnel && <TlsFacts t={tunnel} title={title} />}
      {details.certificates.length > 0 && (
        <>
          <h3>Certificates</h3>
          <table class="kv">
            <tbody>
              {details.certificates.map((c, i) => (
                <CertificateFacts key={c.fingerprint256} certificate={c} place={i} />
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}
