/** Second tab: headers as far as they were recorded. */
import { timeText } from '../../src/model/text';
import type { Details, Header, Row } from '../types';

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
  const timing = (response?.serverTiming ?? []) as { name?: unknown; duration?: unknown; description?: unknown }[];
  return (
    <>
      {off && (
        <p>
          Headers were not recorded. The setting <code>netTrace.headers</code>, or <code>headers</code> in the launch
          configuration, turns it on from the next run.
        </p>
      )}
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
                  <th scope="row">{String(t.name)}</th>
                  <td>
                    {typeof t.duration === 'number' ? timeText(t.duration) : ''}{' '}
                    {typeof t.description === 'string' ? t.description : ''}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {!response && !off && (
        <p class="dim">{row.state === 'running' || row.state === 'queued' ? 'No response yet.' : 'No response.'}</p>
      )}
    </>
  );
}
