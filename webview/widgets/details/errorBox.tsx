/** What went wrong, at the top of the details: the error with its causes. Nothing for a request without an error. */
import type { Details, ErrorInfo, Row } from '../../view/types';
import { stateWords } from '../../view/words/states';
import { Icon } from '../parts/icon';
import { isSaid } from './verdict';

const addressOf = (e: ErrorInfo): string | undefined =>
  e.address === undefined
    ? undefined
    : e.port === undefined
      ? e.address
      : e.address.includes(':')
        ? `[${e.address}]:${e.port}`
        : `${e.address}:${e.port}`;

/** Facts of one error in one line: code, what was called, where to. */
function facts(e: ErrorInfo): string {
  const message = e.message ?? '';
  const saysAddress = e.address !== undefined && message.includes(e.address);
  return [e.name, e.code, e.syscall, e.hostname, saysAddress ? undefined : addressOf(e)]
    .filter((part) => part !== undefined && !message.includes(part))
    .join(' · ');
}

function Cause({ error }: { error: ErrorInfo }) {
  return (
    <li title={error.message}>
      {error.message ?? error.code ?? error.name ?? 'error without a message'}
      {facts(error) && <> ({facts(error)})</>}
      {error.causes && error.causes.length > 0 && (
        <ul class="ev">
          {error.causes.map((c, i) => (
            <Cause key={`${c.code}${i}`} error={c} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** The error itself, with its causes, when the verdict is shown at the top. */
export function ErrorLines({ details }: { details: Details }) {
  const { error, abort } = details.request;
  if (!isSaid(details.verdict) || (!error && !abort?.reason)) return null;
  return (
    <>
      <h3>{error ? 'Error' : 'Aborted with'}</h3>
      <ul class="ev" aria-label={error ? 'Error' : 'Reason'}>
        {error ? <Cause error={error} /> : <li>{abort?.reason}</li>}
      </ul>
    </>
  );
}

export function ErrorBox({ row, details }: { row: Row; details: Details | undefined }) {
  const error: ErrorInfo | undefined = details?.request.error ?? (row.error as ErrorInfo | undefined);
  const abort = details?.request.abort;
  if (row.state === 'aborted') {
    return (
      <section class="vd info" aria-label="Aborted">
        <Icon name="circle-slash" class="vi" />
        <div>
          <p>Aborted by the program{abort?.reason ? `: ${abort.reason}` : '.'}</p>
          {error?.message && error.message !== abort?.reason && (
            <ul class="ev">
              <Cause error={error} />
            </ul>
          )}
        </div>
      </section>
    );
  }
  if (!error) return null;
  const lines = facts(error);
  return (
    <section class="vd error" aria-label="Error">
      <Icon name="error" class="vi" />
      <div>
        <p>
          {row.stateText}: {stateWords(row)}.
        </p>
        {(error.message || lines) && (
          <p class="nx">{[error.message, lines && (error.message ? `(${lines})` : lines)].filter(Boolean).join(' ')}</p>
        )}
        {error.causes && error.causes.length > 0 && (
          <ul class="ev" aria-label="Causes">
            {error.causes.map((c, i) => (
              <Cause key={`${c.code}${i}`} error={c} />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
