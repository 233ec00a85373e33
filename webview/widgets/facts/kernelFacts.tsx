/** What the kernel knows of the request's connection, and of the request's own time on it; by the helper. */
import { bytesText, numberText, plural, timeText } from '../../../src/model/base/text';
import type { Connection, Details } from '../../view/types';
import { leavesAs, reaches } from '../../view/words/kernelWords';
import { Fact } from './facts';
import { RoundTrips, tripText } from './roundTrips';

type Totals = NonNullable<Connection['kernel']>;

function roundTrip({ rtt, rttVariance, minRtt }: Totals): string | undefined {
  if (rtt === undefined) return undefined;
  const spread = rttVariance === undefined ? '' : ` ± ${tripText(rttVariance)}`;
  const minimum = minRtt === undefined ? '' : `, minimum ${tripText(minRtt)}`;
  return `${tripText(rtt)}${spread}${minimum}`;
}

interface Counted {
  retransmits?: number;
  bytesRetransmitted?: number;
  segmentsSent?: number;
}

/** `3 of 280 segments (4.3 kB)`, `none of 6 segments`. */
function retransmitted({ retransmits, bytesRetransmitted, segmentsSent }: Counted): string | undefined {
  if (retransmits === undefined) return undefined;
  const n = retransmits === 0 ? 'none' : numberText(retransmits);
  const of = segmentsSent === undefined ? n : `${n} of ${plural(segmentsSent, 'segment')}`;
  return retransmits > 0 && bytesRetransmitted ? `${of} (${bytesText(bytesRetransmitted)})` : of;
}

interface Limited {
  busyDuration?: number;
  rwndLimitedDuration?: number;
  sndbufLimitedDuration?: number;
}

/** Who held the sending up. */
function heldUp({ busyDuration, rwndLimitedDuration, sndbufLimitedDuration }: Limited): string | undefined {
  const of = busyDuration === undefined ? '' : ` of ${timeText(busyDuration)}`;
  const parts = [
    rwndLimitedDuration && `${timeText(rwndLimitedDuration)}${of} by the server’s window`,
    sndbufLimitedDuration && `${timeText(sndbufLimitedDuration)}${of} by this machine’s send buffer`,
  ].filter(Boolean);
  return parts.join(', ') || undefined;
}

function window(k: Totals): string | undefined {
  const parts = [
    k.congestionControl,
    k.congestionWindow !== undefined && plural(k.congestionWindow, 'segment'),
    k.mss !== undefined && `of ${k.mss} B`,
    k.sendWindow !== undefined && `the server takes ${bytesText(k.sendWindow)}`,
  ].filter(Boolean);
  return parts.join(', ') || undefined;
}

function queued(k: Totals): string | undefined {
  const parts = [
    k.receiveQueueBytes && `${bytesText(k.receiveQueueBytes)} arrived, not read by the program`,
    k.notSentBytes && `${bytesText(k.notSentBytes)} not sent yet`,
    k.memory?.drops && `${k.memory.drops} dropped at the socket`,
  ].filter(Boolean);
  return parts.join(', ') || undefined;
}

function route(c: Connection): string | undefined {
  const { interface: name, mtu, nextHop } = c.route ?? {};
  const parts = [
    name && `interface ${name}`,
    mtu !== undefined && `MTU ${mtu}`,
    nextHop && `through ${nextHop}`,
  ].filter(Boolean);
  return parts.join(', ') || undefined;
}

export function Kernel({ details }: { details: Details }) {
  const { connection: c, request, conntrack } = details;
  const own = request.kernel;
  const k = c?.kernel;
  // Not translated: nothing is said of it.
  const [leaves, to] = conntrack ? [leavesAs(conntrack), reaches(conntrack)] : [];
  if (!c || (!k && !c.route && !leaves && !to)) return null;
  return (
    <>
      <h3>
        Kernel
        <span class="dim">{k?.final ? 'when the connection ended' : k ? 'as last seen' : ''}</span>
      </h3>
      <table class="kv">
        <tbody>
          {k && (
            <>
              <Fact name="Round trip">{roundTrip(k)}</Fact>
              <Fact name="… during the request">
                {details.roundTrips && <RoundTrips points={details.roundTrips} />}
              </Fact>
              <Fact name="Retransmitted">{retransmitted(k)}</Fact>
            </>
          )}
          {own && (
            <Fact name={own.shared ? 'With other requests' : 'This request'}>
              {[
                retransmitted(own) && `retransmitted ${retransmitted(own)}`,
                heldUp(own) && `sending held up ${heldUp(own)}`,
              ]
                .filter(Boolean)
                .join('; ')}
            </Fact>
          )}
          {k && (
            <>
              <Fact name="Sending held up">{heldUp(k)}</Fact>
              <Fact name="Window">{window(k)}</Fact>
              <Fact name="In queues">{queued(k)}</Fact>
            </>
          )}
          <Fact name="Route">{route(c)}</Fact>
          <Fact name="Leaves as" mono>
            {leaves}
          </Fact>
          <Fact name="Reaches" mono>
            {to}
          </Fact>
        </tbody>
      </table>
    </>
  );
}
