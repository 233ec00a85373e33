/** DNS messages of the lookup, and reads and writes of the socket, where they were recorded. */
import { bytesText, timeText } from '../../../src/model/base/text';
import type { Details, DnsExchange, SocketOperation } from '../../view/types';
import { addressText, errorText } from './facts';

/** Rows drawn; the file has all. */
const max = 200;

function Exchange({ x, begin }: { x: DnsExchange; begin: number }) {
  const asked = x.queries ?? [];
  const replies = x.replies ?? [];
  const flags = (on: [string, boolean | undefined][]): string =>
    on
      .filter(([, f]) => f)
      .map(([name]) => name)
      .join(' ');
  return (
    <li>
      <div>
        <b>{x.server ? addressText(x.server) : 'name server not known'}</b> <span class="dim">{x.transport}</span>
        {x.followUpOf !== undefined && <span class="dim">, repeated because the reply was truncated</span>}
        {x.error && <span> failed: {errorText(x.error)}</span>}
      </div>
      {asked.map((q, i) => (
        <div key={`q${i}`} class="mono">
          → {timeText(q.at - begin)} {q.questions.map((n) => `${n.name} ${n.type}`).join(', ')}{' '}
          <span class="dim">
            id {q.id}{' '}
            {flags([
              ['RD', q.recursionDesired],
              ['TC', q.truncated],
            ])}{' '}
            {bytesText(q.size)}
            {q.optUdpPayloadSize === undefined ? '' : ` EDNS ${q.optUdpPayloadSize}`}
          </span>
        </div>
      ))}
      {replies.map((r, i) => (
        <div key={`r${i}`} class="mono">
          ← {timeText(r.at - begin)} {r.rcode}{' '}
          <span class="dim">
            id {r.id}{' '}
            {flags([
              ['AA', r.authoritative],
              ['RA', r.recursionAvailable],
              ['TC', r.truncated],
            ])}{' '}
            {bytesText(r.size)}
            {r.optUdpPayloadSize === undefined ? '' : ` EDNS ${r.optUdpPayloadSize}`}
          </span>
          {r.answers.map((a, k) => (
            <div key={k} class="an">
              {a.name} {a.ttl === undefined ? '' : `${a.ttl} s `}
              {a.type} {a.value}
            </div>
          ))}
        </div>
      ))}
    </li>
  );
}

export function DnsMessages({ details }: { details: Details }) {
  const { exchanges, lookup } = details;
  if (!exchanges || exchanges.length === 0) return null;
  const begin = lookup?.beginAt ?? exchanges[0]?.beginAt ?? 0;
  return (
    <>
      <h3>DNS messages</h3>
      <ul class="msgs">
        {exchanges.map((x) => (
          <Exchange key={x.id} x={x} begin={begin} />
        ))}
      </ul>
    </>
  );
}

const kinds: Readonly<Record<string, string>> = {
  read: '← read',
  readFrom: '← read from',
  write: '→ write',
  writeTo: '→ write to',
};

/** Shorter ones say nothing, µs. */
const min = 100;

export function Operations({ details }: { details: Details }) {
  const { operations, request } = details;
  if (!operations || operations.length === 0) return null;
  const begin = request.createdAt ?? operations[0]?.at ?? 0;
  const row = (o: SocketOperation, i: number) => (
    <tr key={i}>
      <td class="r">
        {o.at === undefined ? '' : timeText(Math.abs(o.at - begin)).replace(/^/, o.at < begin ? '−' : '')}
      </td>
      <td>
        {kinds[o.kind] ?? o.kind}
        {o.remote && ` ${addressText(o.remote)}`}
      </td>
      <td class="r">{o.bytes === undefined ? '' : bytesText(o.bytes)}</td>
      <td class="r dim">
        {o.at !== undefined && o.returnAt !== undefined && o.returnAt - o.at >= min
          ? `took ${timeText(o.returnAt - o.at)}`
          : ''}
      </td>
      <td>{o.error && errorText(o.error)}</td>
    </tr>
  );
  return (
    <>
      <h3>
        Socket operations
        <span class="dim">
          {operations.length > max
            ? `the last ${max} of ${operations.length}`
            : `${operations.length}, times since this request began`}
        </span>
      </h3>
      <table class="kv ops">
        <tbody>{operations.slice(-max).map(row)}</tbody>
      </table>
    </>
  );
}
