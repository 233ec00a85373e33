/** What the kernel did with the connection: how it is translated on its way, and events as they happened; by the helper. */
import { timeText } from '../../src/model/text';
import type { Details, KernelEvent } from '../types';
import { eventText, leavesAs, reaches } from '../view/kernelWords';
import { Fact } from './facts';

/** Rows drawn; the file has all. */
const most = 100;

export function KernelEvents({ details }: { details: Details }) {
  const { conntrack, kernelEvents = [], request } = details;
  const events = kernelEvents.filter((e) => e.kind !== 'firstByte');
  const begin = request.createdAt ?? events[0]?.at ?? 0;
  const whose = (e: KernelEvent) => (e.request === request.id ? 'this request' : '');
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
      {events.length > 0 && (
        <>
          <h3>
            Kernel events
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
                  <td class="dim">{whose(e)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}
