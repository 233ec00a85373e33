/** Third tab: the connection that carried the request, its look-up, TLS and certificates, and what else ran on it. */
import { bytesText, ordinalText, timeText } from '../../src/model/text';
import { select } from '../actions';
import { isLive, now, store } from '../state';
import type { Certificate, Connection, Details, Row, TlsTunnel } from '../types';
import { timeScale } from '../view/timescale';
import { tlsText } from './breakdown';
import { addressText, errorText, Fact } from './facts';
import { Icon } from './icon';
import { DnsMessages, Operations } from './messages';

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

/** One side said it sends no more while the other went on. */
function halfClosed(c: Connection, begin: number | undefined): string | undefined {
  const { readEndAt, writeEndAt } = c;
  const at = (t: number) =>
    begin === undefined
      ? ''
      : `, ${timeText(Math.abs(t - begin))} ${t < begin ? 'before' : 'after'} this request began`;
  const parts = [
    readEndAt !== undefined && `the server sent its end${at(readEndAt)}`,
    writeEndAt !== undefined && `this program sent its end${at(writeEndAt)}`,
  ].filter(Boolean);
  return parts.join('; ') || undefined;
}

function optionsText({ options: o }: Connection): string | undefined {
  if (!o) return undefined;
  const parts = [
    o.noDelay !== undefined && `noDelay ${o.noDelay ? 'on' : 'off'}`,
    o.keepAlive !== undefined &&
      `keepAlive ${o.keepAlive ? 'on' : 'off'}${o.keepAliveDelay ? `, first probe after ${timeText(o.keepAliveDelay)}` : ''}`,
    o.timeout !== undefined && (o.timeout === 0 ? 'no time-out' : `time-out ${timeText(o.timeout)}`),
  ].filter(Boolean);
  return parts.join(', ') || undefined;
}

type FrameCounts = NonNullable<NonNullable<Connection['upgrade']>['framesSent']>;

function framesText(f: FrameCounts | undefined): string {
  if (!f) return '';
  const kinds = [
    f.ping && `${f.ping} ping`,
    f.pong && `${f.pong} pong`,
    f.close && `close${f.closeCode === undefined ? '' : ` ${f.closeCode}`}`,
  ].filter(Boolean);
  const messages = `${f.messages} ${f.messages === 1 ? 'message' : 'messages'}`;
  return `${messages}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''} in `;
}

function upgradeText({ upgrade: u }: Connection): string | undefined {
  if (!u) return undefined;
  const pieces = (c: NonNullable<typeof u.chunksSent>) =>
    `${c.count} ${c.count === 1 ? 'piece' : 'pieces'} (${bytesText(c.bytes)})`;
  const parts = [
    u.chunksSent && `sent ${framesText(u.framesSent)}${pieces(u.chunksSent)}`,
    u.chunksReceived && `received ${framesText(u.framesReceived)}${pieces(u.chunksReceived)}`,
  ].filter(Boolean);
  return `${u.protocol ?? 'another protocol'}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

function whyNew(details: Details, row: Row): string | undefined {
  const c = row.connection;
  if (!c) return undefined;
  if (c.reused) return `no: the ${ordinalText(c.ordinal)} request on it`;
  const pool = details.dial?.pool;
  if (!pool) return 'yes, the first request on it';
  const busy = pool.busy ? `${pool.busy} busy` : undefined;
  const free = pool.free === undefined ? undefined : pool.free === 0 ? 'none free' : `${pool.free} free`;
  const limit = pool.limit === undefined ? undefined : `limit ${pool.limit}`;
  const pending = pool.pending ? `${pool.pending} waiting` : undefined;
  return `yes: ${[free, busy, limit, pending].filter(Boolean).join(', ') || 'no connection to this origin'}`;
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
        {c.isCA && <div class="dim">may sign others</div>}
      </td>
    </tr>
  );
}

function TlsFacts({ t, title }: { t: TlsTunnel; title: string }) {
  const v = t.verification;
  return (
    <>
      <h3>{title}</h3>
      <table class="kv">
        <tbody>
          <Fact name="Version">{tlsText(t.version)}</Fact>
          <Fact name="Cipher" mono>
            {t.cipher &&
              `${t.cipher.name ?? t.cipher.openssl}${t.cipher.number === undefined ? '' : ` (${t.cipher.number})`}`}
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
          <Fact name="Session ticket">{t.ticket === undefined ? undefined : t.ticket ? 'came' : 'none'}</Fact>
          <Fact name="OCSP staple">{t.ocspStapled === undefined ? undefined : t.ocspStapled ? 'came' : 'none'}</Fact>
          <Fact name="Own certificate" mono>
            {t.clientCertificate}
          </Fact>
          <Fact name="Keys">{t.keysLogged ? 'written to the key log' : undefined}</Fact>
          <Fact name="Verification">
            {v && (
              <>
                <Icon name={v.authorized ? 'check' : 'error'} />
                {v.authorized ? 'chain and name hold' : (v.error ?? t.error?.code ?? 'does not hold')}
                {v.checked === false ? ' (the program switched the check off)' : ''}
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
function Tls({ details }: { details: Details }) {
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
          <Fact name="Records" mono>
            {l.records?.map((r, i) => (
              <div key={i}>
                {r.name} {r.ttl === undefined ? '' : `${r.ttl} s `}
                {r.type} {r.value}
              </div>
            ))}
          </Fact>
          <Fact name="Failed">{errorText(l.error)}</Fact>
          <Fact name="Response code">{l.rcode}</Fact>
          <Fact name="Name servers" mono>
            {l.servers?.join(', ')}
          </Fact>
          <Fact name="Passed over">
            {l.skippedServers?.map((s) => `${s.server}${s.why === undefined ? '' : ` (${s.why})`}`).join(', ')}
          </Fact>
          <Fact name="By">
            {[l.call, l.answeredBy === undefined || l.answeredBy === l.call ? undefined : `answered by ${l.answeredBy}`]
              .filter(Boolean)
              .join(', ')}
          </Fact>
          <Fact name="Took">
            {l.beginAt !== undefined && l.endAt !== undefined ? timeText(l.endAt - l.beginAt) : undefined}
          </Fact>
          <Fact name="Thread pool wait">
            {l.poolWaitDuration === undefined ? undefined : timeText(l.poolWaitDuration)}
          </Fact>
          <Fact name="Under way">
            {l.inFlight === undefined
              ? undefined
              : `${l.inFlight} ${l.inFlight === 1 ? 'look-up' : 'look-ups'} of this process`}
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
              <Fact name="Bound to" mono>
                {dial?.localAddress}
              </Fact>
              <Fact name="Sent, received">
                {c.bytesSent !== undefined && c.bytesReceived !== undefined
                  ? `${bytesText(c.bytesSent)}, ${bytesText(c.bytesReceived)} on the whole connection`
                  : undefined}
              </Fact>
              <Fact name="Server keeps alive">
                {c.keepAliveHint?.timeout === undefined ? undefined : timeText(c.keepAliveHint.timeout)}
              </Fact>
              <Fact name="Closed">{closedText(c, request.createdAt)}</Fact>
              <Fact name="Half-closed">{halfClosed(c, request.createdAt)}</Fact>
              <Fact name="Error">{errorText(c.error)}</Fact>
              <Fact name="Options">{optionsText(c)}</Fact>
              <Fact name="Tunnel to">
                {c.tunnel?.host && addressText({ address: c.tunnel.host, port: c.tunnel.port ?? 0 })}
              </Fact>
              <Fact name="After the switch">{upgradeText(c)}</Fact>
              <Fact name="GOAWAY">{c.goaway && `${c.goaway.name}, last stream ${c.goaway.lastStreamId}`}</Fact>
              <Fact name="Datagrams">
                {c.datagramsSent !== undefined && c.datagramsReceived !== undefined
                  ? `${c.datagramsSent} sent, ${c.datagramsReceived} received`
                  : undefined}
              </Fact>
            </tbody>
          </table>
        </>
      ) : (
        <p>
          {request.outcome === undefined ? 'No connection yet.' : 'No connection: the request ended before it had one.'}
        </p>
      )}
      <Lookup details={details} />
      <DnsMessages details={details} />
      <Tls details={details} />
      <Operations details={details} />
    </>
  );
}
