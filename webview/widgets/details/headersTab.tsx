/** Second tab: headers as far as they were recorded. */

import { timeText } from '../../../src/model/base/text';
import { grpcText } from '../../../src/model/facts/grpc';
import { openBody } from '../../input/rowActions';
import type { Details, Header, Row } from '../../view/types';
import { Body } from '../facts/body';
import { SettingLink } from '../parts/settingLink';

function Table({ title, headers }: { title: string; headers: readonly Header[] | undefined }) {
  if (!headers) return null;
  return (
    <>
      <h3>{title}</h3>
      {headers.length === 0 ? (
        <p class="dim">None.</p>
      ) : (
        <table class="kv">
          <tbody>
            {headers.map((h, i) => (
              <tr key={`${h.name}${i}`}>
                <th scope="row">{h.name}</th>
                <td class="mono">
                  {h.value}
                  {h.value === undefined && h.length !== undefined && (
                    <span class="dim">({h.length} characters, not recorded)</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

export function HeadersTab({ row, details }: { row: Row; details: Details | undefined }) {
  if (!details) return null;
  const { request } = details;
  const { response } = request;
  const off = !request.headers && !response?.headers;
  const timing = response?.serverTiming ?? [];
  return (
    <>
      {off && (
        <p>
          Headers were not recorded. A setting, or <code>headers</code> in the launch configuration, turns it on from
          the next run.
          <SettingLink name="headers" />
        </p>
      )}
      {!off && details.headerLevel && details.headerLevel !== 'values' && (
        <p class="dim">
          Recorded at level {details.headerLevel}.
          <SettingLink name="headers" />
        </p>
      )}
      {row.grpcStatus !== undefined && <p>gRPC status {grpcText(row.grpcStatus)}</p>}
      <Table title="Request headers" headers={request.headers} />
      <Table title="Response headers" headers={response?.headers} />
      <Table title="Trailers" headers={response?.trailers} />
      {timing.length > 0 && (
        <>
          <h3>Server-Timing</h3>
          <table class="kv">
            <tbody>
              {timing.map((t, i) => (
                <tr key={`${t.name}${i}`}>
                  <th scope="row">{t.name}</th>
                  <td>
                    {t.duration === undefined ? '' : timeText(t.duration)} {t.description}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <Body title="Request body" content={request.body?.content} open={() => openBody(row.id, 'request')} />
      <Body title="Response body" content={response?.content} open={() => openBody(row.id, 'response')} />
      {!response && !off && (
        <p class="dim">{row.state === 'running' || row.state === 'queued' ? 'No response yet.' : 'No response.'}</p>
      )}
    </>
  );
}
