/** Third tab: the connection that carried the request, its lookup, TLS and certificates, and what else ran on it. */
import { bytesText, timeText } from '../../../src/model/base/text';
import { select } from '../../input/actions';
import { stopOf } from '../../state/rowTime';
import { now, store } from '../../state/state';
import { gapsOf } from '../../view/drawing/folds';
import { type Range, timeScale } from '../../view/drawing/timescale';
import type { Details, Row } from '../../view/types';
import { tlsText } from '../../view/words/words';
import { closedText, halfClosed, openers, optionsText, poolText, upgradeText, whyNew } from '../facts/connectionWords';
import { addressText, errorText, Fact } from '../facts/facts';
import { KernelEvents } from '../facts/kernelEvents';
import { Kernel } from '../facts/kernelFacts';
import { Lookup } from '../facts/lookupFacts';
import { DnsMessages, Operations } from '../facts/messages';
import { Tls } from '../facts/tlsFacts';

/** Width that the lanes' scale is made for, px; drawn are shares of it, as the lanes are as wide as there is room. */
const nominal = 300;
const percent = (x: number): string => `${((x / nominal) * 100).toFixed(3)}%`;

/** All requests of the connection, one lane each, on the axis of the connection's use: its idle times are folded. */
function Requests({ details, row }: { details: Details; row: Row }) {
  const list = details.connectionRequests.filter((r) => r.beginAt !== undefined);
  if (list.length === 0) return null;
  const at = now();
  const spans = list.map((r) => {
    const known = store.get(r.id);
    const begin = r.beginAt as number;
    return { begin, end: Math.max(begin, r.endAt ?? (known ? stopOf(known, at) : at)) };
  });
  const folds = gapsOf(spans.toSorted((a, b) => a.begin - b.begin));
  const scale = timeScale(
    { begin: Math.min(...spans.map((s) => s.begin)), end: Math.max(...spans.map((s) => s.end)), folds },
    nominal,
  );
  return (
    <div class="cl">
      {list.map((r, i) => {
        const { begin, end } = spans[i] as Range;
        const known = store.get(r.id);
        return (
          <button
            type="button"
            class={`ar ${r.id === row.id ? 'won' : ''}`}
            key={r.id}
            title={`${known?.method ?? ''} ${r.path}`.trim()}
            onClick={() => known && select(r.id, { open: true, reveal: true })}
          >
            <span class="ad">
              {known?.method} {r.path}
            </span>
            <span class="lane-cell">
              <div>
                {scale.folds.map((f) => (
                  <i
                    key={f.begin}
                    class="fold"
                    title={`Idle for ${timeText(f.end - f.begin)}, folded`}
                    style={{ left: percent(f.x), width: percent(f.width) }}
                  />
                ))}
                <i
                  class={`p wait ${r.endAt === undefined ? 'live' : ''}`}
                  style={{ left: percent(scale.x(begin)), width: percent(scale.x(end) - scale.x(begin)) }}
                />
              </div>
            </span>
            <span class="r">{timeText(known?.total ?? end - begin)}</span>
          </button>
        );
      })}
    </div>
  );
}

function noConnection({ outcome, mocked, missing }: Details['request']): string {
  if (mocked) return 'No connection: the request was mocked, and answered inside the program.';
  if (outcome === undefined) return 'No connection yet.';
  if (missing?.connection === 'stream') return 'No separate connection: it went over a stream of the program.';
  if (missing?.connection === 'notSeen') return 'Its connection was not seen.';
  return 'No connection: the request ended before it had one.';
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
              <Fact name="Pool at that time">{poolText(details)}</Fact>
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
              <Fact name="Opened by">{dial?.via && (openers[dial.via] ?? dial.via)}</Fact>
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
        <p>{noConnection(request)}</p>
      )}
      <Kernel details={details} />
      <KernelEvents details={details} />
      <Lookup details={details} />
      <DnsMessages details={details} />
      <Tls details={details} />
      <Operations details={details} />
    </>
  );
}
