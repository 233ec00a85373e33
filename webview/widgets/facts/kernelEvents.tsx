/** What the kernel did with the connection, event by event; by the helper. */
import { timeText } from '../../../src/model/base/text';
import type { Details, KernelEvent } from '../../view/types';
import { eventText } from '../../view/words/kernelWords';

/** Rows drawn of each part; the file has all. */
const max = 100;

interface Part {
  title: string;
  /** What its times count from. */
  note: string;
  events: readonly KernelEvent[];
  begin: number;
}

function Events({ title, note, events, begin }: Part) {
  if (events.length === 0) return null;
  return (
    <>
      <h3>
        {title}
        <span class="dim">{events.length > max ? `the last ${max} of ${events.length}` : note}</span>
      </h3>
      <table class="kv ops wrapped">
        <tbody>
          {events.slice(-max).map((e) => (
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
  const { kernelEvents = [], request } = details;
  const events = kernelEvents.filter((e) => e.kind !== 'firstByte');
  const begin = request.createdAt ?? events[0]?.at ?? 0;
  const isOwn = (e: KernelEvent) => e.request === request.id;
  const own = events.filter(isOwn);
  const what = details.connection ? 'connection' : 'last attempt';
  return (
    <>
      <Events title="Kernel events of this request" note="since it began" events={own} begin={begin} />
      <Events
        title={own.length > 0 ? `And of its ${what}` : `Kernel events of its ${what}`}
        note={own.length > 0 ? '' : 'since this request began'}
        events={events.filter((e) => !isOwn(e))}
        begin={begin}
      />
    </>
  );
}
