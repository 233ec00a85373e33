/** Third tab: the connection that carried the request, its look-up, TLS and certificates, and what else ran on it. */
import type { ComponentChildren } from 'preact';
import { bytesText, ordinalText, timeText } from '../../src/model/text';
import { select } from '../actions';
import { isLive, now, store } from '../state';
import type { Certificate, Connection, Details, Row } from '../types';
import { timeScale } from '../view/timescale';
import { tlsText } from './breakdown';
import { Icon } from './icon';

const addressText = (a: { address: string; port: number }): string =>
  a.address.includes(':') ? `[${a.address}]:${a.port}` : `${a.address}:${a.port}`;

/** One line of a table of facts; without a value there is no line. */
function Fact({ name, mono, children }: { name: string; mono?: boolean; children?: ComponentChildren }) {
  if (children === undefined || children === null || children === '' || children === false) return null;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class={mono ? 'mono' : ''}>{children}</td>
    </tr>
  );
}

const closers: Readonly<Record<string, string>> = {
  local: 'closed by this program',
  localReset: 'reset by this program',
  peer: 'closed by the server',
  peerReset: 'reset by the server',
  timeout: 'closed by an idle time-out',
  processExit: 'closed when the program ended',
};

function closedText(c: Connection, begin: number | undefined): string {
  if (c.closedAt === undefined && c.closedBy === undefined) return isLive() ? 'still open' : 'its end was not seen';
  const by = c.closedBy === undefined ? 'closed, by whom is not known' : (closers[c.closedBy] ?? c.closedBy);
  return c.closedAt !== undefined && begin !== undefined
    ? `${by}, ${timeText(c.closedAt - begin)} after this request began`
    : by;
}

function whyNew(details: Details, row: Row): string | undefined {
  const c = row.connection;
  if (!c) return undefined;
  if (c.reused) return `no: the ${ordinalText(c.ordinal)} request on it`;
  const pool = details.dial?.pool;
  if (!pool) return 'yes, the first request on it';
  const busy = pool.busy ? `${pool.busy} busy` : undefined;
  const free = pool.free === undefined ? undefined : pool.free === 0 ? 'none free' : `${pool.free} free`;
  return `yes: ${[free, busy, pool.limit === undefined ? undefined : `limit ${pool.limit}`].filter(Boolean).join(', ') || 'no connection to this origin'}`;
}

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
          {from && `from ${from} `}
          {until && `until ${until}`}
          {over && ' (over now)'}
          {c.keyType && `, ${c.keyType}${c.keyBits ? ` ${c.keyBits}` : ''}`}
        </div>
        {place === 0 && c.subjectAltNames && c.subjectAltNames.length > 0 && (
          <div class="dim">for {c.subjectAltNames.join(', ')}</div>
        )}
      </td>
    </tr>
  );
}

function Tls({ details }: { details: Details }) {
  const t = details.tunnel;
  if (!t) return null;
  const v = t.verification;
  return (
    <>
      <h3>TLS</h3>
      <table class="kv">
        <tbody>
          <Fact name="Version">{tlsText(t.version)}</Fact>
          <Fact name="Cipher" mono>
            {t.cipher?.name ?? t.cipher?.openssl}
          </Fact>
          <Fact name="ALPN">
            {t.alpn ?? (t.alpnOffered ? 'none agreed' : undefined)}
            {t.alpnOffered && t.alpnOffered.length > 0 ? ` (offered ${t.alpnOffered.join(', ')})` : ''}
          </Fact>
          <Fact name="Server name">{t.serverName}</Fact>
          <Fact name="Key exchange">
            {t.ephemeralKey?.type && `${t.ephemeralKey.type}${t.ephemeralKey.size ? ` ${t.ephemeralKey.size}` : ''}`}
          </Fact>
          <Fact name="Resumed">{t.resumed === undefined ? undefined : t.resumed ? 'yes' : 'no'}</Fact>
          <Fact name="Verification">
            {v && (
              <>
                <Icon name={v.authorized ? 'check' : 'error'} />
                {v.authorized ? 'chain and name hold' : (v.error ?? t.error?.code ?? 'does not hold')}
                {v.checked === false ? ' (the program switched the check off)' : ''}
              </>
            )}
          </Fact>
          <Fact name="Failed">{t.error && `${t.error.code ?? ''} ${t.error.message ?? ''}`.trim()}</Fact>
        </tbody>
      </table>
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

function Lookup({ details }: { details: Details }) {
  const l = details.lookup;
  if (!l) return null;
  return (
    <>
      <h3>DNS look-up</h3>
      <table class="kv">
        <tbody>
          <Fact name="Name" mono>
            {l.hostname}
          </Fact>
          <Fact name="Answer" mono>
            {l.addresses?.map((a) => (
              <div key={a.address}>
                {a.address}
                {a.ttl === undefined ? '' : ` (TTL ${a.ttl} s)`}
              </div>
            ))}
          </Fact>
          <Fact name="Failed">{l.error && `${l.error.code ?? ''} ${l.error.message ?? ''}`.trim()}</Fact>
          <Fact name="By">
            {[l.call, l.answeredBy === undefined || l.answeredBy === l.call ? undefined : `answered by ${l.answeredBy}`]
              .filter(Boolean)
              .join(', ')}
          </Fact>
          <Fact name="Took">
            {l.beginAt !== undefined && l.endAt !== undefined ? timeText(l.endAt - l.beginAt) : undefined}
          </Fact>
        </tbody>
      </table>
    </>
  );
}

/** All requests of the connection, one lane each, on the axis of the connection's use. */
function Requests({ details, row }: { details: Details; row: Row }) {
  const list = details.connectionRequests.filter((r) => r.beginAt !== undefined);
  if (list.length === 0) return null;
  const at = now();
  const scale = timeScale(
    { begin: Math.min(...list.map((r) => r.beginAt as number)), end: Math.max(...list.map((r) => r.endAt ?? at)) },
    100,
  );
  return (
    <div class="cl">
      {list.map((r) => {
        const begin = r.beginAt as number;
        const end = r.endAt ?? at;
        const known = store.get(r.id);
        return (
          <button
            type="button"
            class={`ar ${r.id === row.id ? 'won' : ''}`}
            key={r.id}
            onClick={() => known && select(r.id, { open: true, reveal: true })}
          >
            <span class="ad">
              {known?.method} {r.path}
            </span>
            <span class="lane-cell">
              <div>
                <i
                  class={`p wait ${r.endAt === undefined ? 'live' : ''}`}
                  style={{ left: `${scale.x(begin)}%`, width: `${scale.x(end) - scale.x(begin)}%` }}
                />
              </div>
            </span>
            <span class="r">{timeText(end - begin)}</span>
          </button>
        );
      })}
    </div>
  );
}

export function ConnectionTab({ row, details }: { row: Row; details: Details | undefined }) {
  if (!details) return null;
  const c = details.connection;
  const { request, dial } = details;
  const number = row.connection?.number;
  return (
    <>
      {c ? (
        <>
          <h3>
            Connection {number === undefined ? '' : `#${number}`}
            <span class="dim">
              {[c.remote && addressText(c.remote), tlsText(details.tunnel?.version), c.protocol ?? row.protocol]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </h3>
          <Requests details={details} row={row} />
          <table class="kv">
            <tbody>
              <Fact name="Origin" mono>
                {row.scheme}://{row.host}
              </Fact>
              <Fact name="New">{whyNew(details, row)}</Fact>
              <Fact name="Idle before">
                {request.idleDuration === undefined ? undefined : timeText(request.idleDuration)}
              </Fact>
              <Fact name="Local address" mono>
                {c.local && addressText(c.local)}
              </Fact>
              <Fact name="Remote address" mono>
                {c.remote ? addressText(c.remote) : c.path}
              </Fact>
              <Fact name="Protocol">{row.protocol ?? c.protocol}</Fact>
              <Fact name="Opened by">{dial?.via}</Fact>
              <Fact name="Sent, received">
                {c.bytesSent !== undefined && c.bytesReceived !== undefined
                  ? `${bytesText(c.bytesSent)}, ${bytesText(c.bytesReceived)} on the whole connection`
                  : undefined}
              </Fact>
              <Fact name="Server keeps alive">
                {c.keepAliveHint?.timeout === undefined ? undefined : timeText(c.keepAliveHint.timeout)}
              </Fact>
              <Fact name="Closed">{closedText(c, request.createdAt)}</Fact>
              <Fact name="Error">{c.error && `${c.error.code ?? ''} ${c.error.message ?? ''}`.trim()}</Fact>
            </tbody>
          </table>
        </>
      ) : (
        <p>
          {request.outcome === undefined ? 'No connection yet.' : 'No connection: the request ended before it had one.'}
        </p>
      )}
      <Lookup details={details} />
      <Tls details={details} />
    </>
  );
}
