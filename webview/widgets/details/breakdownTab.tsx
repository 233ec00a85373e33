/** First tab: phases, connection attempts, and what is not measured, with its reason. */
import '../time/lanes.css';
import { millisecondsText, timeText } from '../../../src/model/base/text';
import type { Connection, Details, Row } from '../../view/types';
import { Exchange } from '../facts/exchange';
import { Icon } from '../parts/icon';
import { SettingLink } from '../parts/settingLink';
import { BreakdownTable } from './breakdown';
import { ErrorLines } from './errorBox';
import { PhaseList } from './phaseList';
import { Findings } from './verdict';

const results: Readonly<Record<string, string>> = {
  connected: 'connected',
  failed: 'failed',
  timedOut: 'given up at limit',
  cancelled: 'given up: another won',
};

function Attempts({ details }: { details: Details }) {
  const { attempts, dial } = details;
  // A connection that stood before: how it was made belongs to its first request.
  if (attempts.length === 0 || (details.row.connection?.ordinal ?? 1) > 1) return null;
  const begins = attempts.flatMap((a) => (a.connect?.beginAt === undefined ? [] : [a.connect.beginAt]));
  const ends = attempts.flatMap((a) => (a.connect?.endAt === undefined ? [] : [a.connect.endAt]));
  const begin = Math.min(...begins);
  const end = Math.max(begin + 1, ...ends);
  const percent = (us: number): string => `${((us / (end - begin)) * 100).toFixed(3)}%`;
  const lane = (a: Connection) => {
    const { connect } = a;
    const won = connect?.result === 'connected';
    const from = connect?.beginAt;
    const to = connect?.endAt;
    const given = connect?.result === 'timedOut' || connect?.result === 'cancelled';
    const words = won
      ? 'connected'
      : connect?.result === undefined
        ? 'trying'
        : (connect.error?.code ?? results[connect.result] ?? connect.result);
    return (
      <div class={`ar ${won ? 'won' : ''}`} key={a.id} role="listitem">
        <span class="ad" title={a.remote ? `port ${a.remote.port}` : a.path}>
          {a.remote?.address ?? a.path ?? 'address not known'}
        </span>
        <span class="lane-cell">
          <div>
            {from !== undefined && (
              <i
                class={`p tcp ${given ? 'lost' : ''} ${to === undefined ? 'live' : ''}`}
                style={{ left: percent(from - begin), width: percent((to ?? end) - from) }}
              />
            )}
          </div>
        </span>
        <span class="r">{from !== undefined && to !== undefined ? millisecondsText(to - from) : ''}</span>
        <span class="res" title={connect?.error?.message}>
          <Icon
            name={won ? 'check' : connect?.result === undefined ? 'loading' : 'close'}
            class={won ? '' : connect?.result === 'failed' || given ? 'rx' : ''}
          />
          <span>{words}</span>
        </span>
      </div>
    );
  };
  return (
    <>
      <h3>
        Connection attempts
        {dial?.attemptLimit !== undefined && attempts.length > 1 && (
          <span class="dim">Happy Eyeballs, limit {timeText(dial.attemptLimit)} each</span>
        )}
      </h3>
      <div role="list">{attempts.map(lane)}</div>
    </>
  );
}

interface TabProps {
  row: Row;
  details: Details | undefined;
  /** Width of the tab, px. */
  room: number;
  /** Too low for a line a phase. */
  compact: boolean;
}

export function BreakdownTab({ row, details, room, compact }: TabProps) {
  return (
    <>
      {compact ? <PhaseList row={row} details={details} /> : <BreakdownTable row={row} details={details} room={room} />}
      {details && <ErrorLines details={details} />}
      {details && <Attempts details={details} />}
      {details && <Exchange details={details} rowId={row.id} />}
      {details && <Findings findings={details.findings} />}
      {details && details.missing.length > 0 && (
        <>
          <h3>Not measured</h3>
          <ul class="nms">
            {details.missing.map((m) => (
              <li key={m.what}>
                <b>{m.what}:</b> {m.why}
                <SettingLink name={m.setting} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
