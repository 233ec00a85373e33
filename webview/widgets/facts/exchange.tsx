/** What the exchange was like beyond its phases: ways, tries, pieces, upload, timers, the program's own busy time. */

import { bytesText, timeText } from '../../../src/model/base/text';
import { baseName } from '../../../src/model/rows/row';
import type { Details, Request } from '../../view/types';
import { errorText, Fact, isEmpty, RequestLink } from './facts';

const since = (r: Request, at: number | undefined): string =>
  at === undefined || r.createdAt === undefined ? '' : ` after ${timeText(at - r.createdAt)}`;

const informational: Readonly<Record<number, string>> = { 100: 'Continue', 102: 'Processing', 103: 'Early Hints' };

/**
 * Share of the request's life in which the program's event loop was busy, and for how long the response may have waited for
 * it; time in the debugger is in neither figure.
 */
function busyText({ request: r, breakdown }: Details): string | undefined {
  const { total, paused } = breakdown;
  if (r.loopBusyDuration === undefined || total === undefined || total <= 0 || r.outcome === undefined)
    return undefined;
  const busy = Math.max(0, r.loopBusyDuration - paused);
  const text = `${Math.min(100, Math.round((busy / total) * 100))} % of the time (${timeText(busy)})`;
  const delay = r.response?.loopDelayMax;
  return delay === undefined || paused > 0 ? text : `${text}; the response waited for it at most ${timeText(delay)}`;
}

/** Instants of the pieces as ticks on a line from the first to the last. */
function Pieces({ chunks }: { chunks: NonNullable<Request['chunks']> }) {
  const marks = chunks.marks as [number, number][];
  const first = marks[0]?.[0] ?? 0;
  const length = Math.max(1, (marks.at(-1)?.[0] ?? first) - first);
  const percent = (at: number): string => `${(((at - first) / length) * 100).toFixed(2)}%`;
  const gap = chunks.longestGap;
  return (
    <>
      {chunks.count} {chunks.count === 1 ? 'piece' : 'pieces'}, {bytesText(chunks.bytes)}
      {gap && `, longest gap ${timeText(gap.endAt - gap.beginAt)}`}
      {chunks.droppedMarks ? `, ${chunks.droppedMarks} without a mark` : ''}
      {marks.length > 1 && (
        <div class="pieces" aria-hidden="true">
          {gap && gap.beginAt >= first && (
            <i
              class="gap"
              style={{
                left: percent(gap.beginAt),
                width: `${(((gap.endAt - gap.beginAt) / length) * 100).toFixed(2)}%`,
              }}
            />
          )}
          {marks.map(([at], i) => (
            <i key={i} class="tick" style={{ left: percent(at) }} />
          ))}
        </div>
      )}
    </>
  );
}

function sizesText(r: Request): string | undefined {
  const { wireBytes, bodyBytes, readBytes, declaredBytes } = r.response ?? {};
  const parts = [
    wireBytes !== undefined && `${bytesText(wireBytes)} on the wire`,
    bodyBytes !== undefined && bodyBytes !== wireBytes && `${bytesText(bodyBytes)} decoded`,
    readBytes !== undefined && readBytes !== bodyBytes && `${bytesText(readBytes)} read by the program`,
    declaredBytes !== undefined && declaredBytes !== wireBytes && `${bytesText(declaredBytes)} declared`,
  ];
  return parts.filter(Boolean).join(', ') || undefined;
}

function uploadText(r: Request): string | undefined {
  const b = r.body;
  if (!b) return undefined;
  const bytes = b.wireBytes ?? b.bytes ?? b.declaredBytes;
  const parts = [
    bytes !== undefined && bytesText(bytes),
    b.drainWaits !== undefined && `the socket took no more ${b.drainWaits === 1 ? 'once' : `${b.drainWaits} times`}`,
    b.drainDuration !== undefined && `stalled for ${timeText(b.drainDuration)}`,
    b.lastWriteAt !== undefined && `last write${since(r, b.lastWriteAt)}`,
  ];
  return parts.filter(Boolean).join(', ') || undefined;
}

const bys: Readonly<Record<string, string>> = {
  env: 'the environment',
  agent: 'an agent',
  dispatcher: 'a dispatcher of undici',
  option: 'an option of the call',
};

function proxyText(r: Request): string | undefined {
  const p = r.proxy;
  if (!p) return undefined;
  const mode = p.mode === 'tunnel' ? ', as a tunnel' : p.mode === 'forward' ? ', which gets the whole URL' : '';
  return `${p.url ?? p.kind ?? 'not known'}${mode}${p.by === undefined ? '' : `, chosen by ${bys[p.by] ?? p.by}`}`;
}

const timers: Readonly<Record<string, string>> = {
  socket: 'timeout of the socket',
  agent: 'timeout of the agent',
  signal: 'AbortSignal.timeout',
  headers: 'headersTimeout',
  body: 'bodyTimeout',
  connect: 'connect timeout',
  attempt: 'autoSelectFamilyAttemptTimeout',
  lookup: 'timeout of the lookup',
};

export function Exchange({ details, rowId }: { details: Details; rowId: string }) {
  const { request: r, chain } = details;
  const t = r.timeout;
  const lines = [
    <Fact name="Event loop busy">{busyText(details)}</Fact>,
    <Fact name="Label">{r.label}</Fact>,
    <Fact name="Caused by">{details.cause && <RequestLink to={details.cause} />}</Fact>,
    <Fact name="Socket held by">{details.holder && <RequestLink to={details.holder} />}</Fact>,
    <Fact name={r.retryOf === undefined && chain?.some((c) => c.attempt) !== true ? 'Redirects' : 'Tries'}>
      {chain?.map((c) => (
        <div key={c.id}>
          <RequestLink to={c} current={c.id === rowId} />
        </div>
      ))}
    </Fact>,
    <Fact name="Proxy">{proxyText(r)}</Fact>,
    <Fact name="HTTP/2 stream">
      {r.streamId === undefined
        ? undefined
        : `${r.streamId}${r.reset ? `, closed with ${r.reset.name} by ${r.reset.by === 'local' ? 'this program' : 'the server'}` : ''}`}
    </Fact>,
    <Fact name="Timer">
      {t &&
        `${timers[t.kind] ?? t.kind}${t.limit === undefined ? '' : `, limit ${timeText(t.limit)}`}${t.at === undefined ? '' : `, fired${since(r, t.at)}`}${t.callSite === undefined ? '' : `, set at ${baseName(t.callSite.file)}:${t.callSite.line}`}`}
    </Fact>,
    <Fact name="Before it">
      {r.priorSends?.map((p, i) => (
        <div key={i}>
          put on another socket{since(r, p.assignedAt)}, given up{since(r, p.endAt)}
          {p.error && `: ${errorText(p.error)}`}
        </div>
      ))}
    </Fact>,
    <Fact name="Upload">{uploadText(r)}</Fact>,
    <Fact name="Informational">
      {r.response?.informational
        ?.map((i) => `${i.status} ${informational[i.status] ?? ''}`.trim() + since(r, i.at))
        .join(', ')}
    </Fact>,
    <Fact name="Switched to">
      {r.upgrade && `${r.upgrade.protocol ?? 'another protocol'}${since(r, r.upgrade.at)}`}
    </Fact>,
    <Fact name="Body">{sizesText(r)}</Fact>,
    <Fact name="Pieces">{r.chunks && <Pieces chunks={r.chunks} />}</Fact>,
    <Fact name="Cut in the record">{r.cut?.join(', ')}</Fact>,
  ];
  if (lines.every((l) => isEmpty(l.props.children))) return null;
  return (
    <>
      <h3>Exchange</h3>
      <table class="kv">
        <tbody>{lines}</tbody>
      </table>
    </>
  );
}
