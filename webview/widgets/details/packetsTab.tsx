/** Fourth tab: the packets of the request, or why there are none. */
import './packets.css';
import { bytesText, timeText } from '../../../src/model/base/text';
import { labelOf } from '../../../src/model/facts/phaseWords';
import { copyWiresharkFilter, whyNoPackets } from '../../input/packets';
import { savePackets } from '../../state/host';
import type { Details, PacketRef } from '../../view/types';
import { Icon } from '../parts/icon';
import { SettingLink } from '../parts/settingLink';

/** Rows drawn; the file has all. */
const max = 300;

function Packet({ p, begin }: { p: PacketRef; begin: number }) {
  const out = p.direction === 'out';
  const phase = p.phase === undefined ? '' : labelOf(p.phase);
  return (
    <tr title={[p.transport, phase].filter(Boolean).join(', ')}>
      <td class="num">{p.at < begin ? `−${timeText(begin - p.at)}` : timeText(p.at - begin)}</td>
      <td>{p.direction === undefined ? '' : <span title={out ? 'sent' : 'received'}>{out ? '→' : '←'}</span>}</td>
      <td class="what">{p.transport}</td>
      <td class="mono">{p.flags}</td>
      <td class="num" title={`${p.length} bytes on the wire, ${p.capturedLength} captured`}>
        {p.payload === undefined ? bytesText(p.length) : bytesText(p.payload)}
      </td>
      <td class="phase">{phase}</td>
      <td>{p.note}</td>
    </tr>
  );
}

function Filter({ filter }: { filter: string | undefined }) {
  if (filter === undefined) return null;
  return (
    <p>
      <span class="dim">In Wireshark: </span>
      <code class="wireshark">{filter}</code>{' '}
      <button type="button" class="code" onClick={copyWiresharkFilter}>
        <Icon name="copy" />
        Copy Wireshark filter
      </button>
    </p>
  );
}

export function PacketsTab({ details }: { details: Details | undefined }) {
  if (!details) return null;
  const { packets = [], capture, request, row } = details;
  const first = packets[0]?.at ?? 0;
  const begin = request.createdAt ?? first;
  return (
    <>
      {packets.length === 0 && (
        <p>
          <Icon name="info" /> {capture.missing ?? 'No packet of only this request was captured.'}
          <SettingLink name={capture.setting} />
        </p>
      )}
      {packets.length > 0 && (
        <>
          <h3>
            {packets.length === 1 ? '1 packet' : `${packets.length} packets`}
            <span class="dim">
              {packets.length > max ? `the first ${max} are shown; ` : ''}while this request alone had its connection
            </span>
          </h3>
          {whyNoPackets(row) === undefined && (
            <p>
              <button type="button" class="code" onClick={() => savePackets(row.id)}>
                <Icon name="save" />
                Save this request’s packets…
              </button>
            </p>
          )}
          <div class="wide">
            <table class="pk">
              <thead>
                <tr>
                  <th scope="col" class="num">
                    Time
                  </th>
                  <th scope="col" aria-label="Direction" />
                  <th scope="col" class="what">
                    What
                  </th>
                  <th scope="col">Flags</th>
                  <th scope="col" class="num">
                    Payload
                  </th>
                  <th scope="col" class="phase">
                    Phase
                  </th>
                  <th scope="col">Note</th>
                </tr>
              </thead>
              <tbody>
                {packets.slice(0, max).map((p, i) => (
                  <Packet key={i} p={p} begin={begin} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      <Filter filter={capture.filter} />
    </>
  );
}
