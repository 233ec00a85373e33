/** What the kernel did with the connection: how it is translated on its way, and events as they happened; by the helper. */
import { timeText } from '../../src/model/text';
import type { Details, KernelEvent } from '../types';
import { eventText, leavesAs, reaches } from '../view/kernelWords';
import { Fact } from './facts';

/** Rows drawn of each part; the file has all. */
const most = 100;

function Events({ title, events, begin }: { title: string; events: readonly KernelEvent[]; begin: number }) {
  if (events.length === 0) return null;
  return (
    <>
      <h3>
        {title}
        <span class="dim">
          {events.length > most ? `the last ${most} of ${events.length}` : 'times since this request began'}
        </span>
      </h3>
      <table class="kv ops wrapped">
        <tbody>
          {events.slice(-most).map((e) => (
            <tr key={e.id}>
              <td class="r">
                {e.at < begin ? '−' : ''}
                {timeText(Math.abs(e.at - begin))}
              </td>
              <td>
                {eventText(e)}
                {e.count !== undefined && ` (${e.count} times)`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** The request's own first: a connection that is used long has many of others. */
export function KernelEvents({ details }: { details: Details }) {
  const { conntrack, kernelEvents = [], request } = details;
  const events = kernelEvents.filter((e) => e.kind !== 'firstByte');
  const begin = request.createdAt ?? events[0]?.at ?? 0;
  const isOwn = (e: KernelEvent) => e.request === request.id;
  const translated = conntrack && (leavesAs(conntrack) ?? reaches(conntrack)) !== undefined;
  if (!translated && events.length === 0) return null;
  return (
    <>
      {conntrack && translated && (
        <table class="kv">
          <tbody>
            <Fact name="Leaves as" mono>
              {leavesAs(conntrack)}
            </Fact>
            <Fact name="Reaches" mono>
              {reaches(conntrack)}
            </Fact>
          </tbody>
        </table>
      )}
      <Events title="Kernel events of this request" events={events.filter(isOwn)} begin={begin} />
      <Events
        title={events.some(isOwn) ? 'And of its connection' : 'Kernel events of its connection'}
        events={events.filter((e) => !isOwn(e))}
        begin={begin}
      />
    </>
  );
}
