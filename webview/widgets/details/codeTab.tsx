/** Last tab: the line of code that made the request. */
import { lineAndColumn, transformedWords } from '../../../src/model/rows/row';
import { openSelected } from '../../input/actions';
import { askCode, openFrame } from '../../state/host';
import type { Details, Row } from '../../view/types';

const kinds: Readonly<Record<string, string>> = {
  library: 'inside a library: no line of your own code was on the stack',
  inherited: 'taken from the first request of the redirects',
};

const withheld: Readonly<Record<NonNullable<Details['codeWithheld']>, string>> = {
  outsideWorkspace: 'The file is outside of the workspace.',
  otherComputer: 'The file is on another computer; reading it may send your credentials there.',
};

const isForeign = (file: string): boolean => file.startsWith('node:') || /[\\/]node_modules[\\/]/.test(file);

/** The whole chain of calls, with what awaited what; frames of Node and of packages are quiet. */
function Stack({ details, rowId }: { details: Details | undefined; rowId: string }) {
  const frames = details?.request.stack ?? [];
  if (frames.length === 0) return null;
  return (
    <>
      <h3>
        Call chain
        <span class="dim">{frames.some((f) => f.async) ? 'with what awaited it' : ''}</span>
      </h3>
      <ol class="stack">
        {frames.map((f, i) => {
          const at = f.source ?? f;
          const place = `${at.file}${lineAndColumn({ line: at.line })}`;
          return (
            <li key={i} class={f.kind === 'library' || isForeign(f.file) ? 'foreign' : ''}>
              {f.async && <span class="dim">await </span>}
              {f.function ? `${f.function} ` : ''}
              <button type="button" class="code" title={place} onClick={() => openFrame(rowId, i, false)}>
                {place.split(/[\\/]/).slice(-2).join('/')}
              </button>
            </li>
          );
        })}
      </ol>
    </>
  );
}

export function CodeTab({ row, details }: { row: Row; details: Details | undefined }) {
  const site = row.callSite;
  if (!site && row.sentByYou) return <p>You sent this request from Net Trace: no code of a program made it.</p>;
  if (!site) return <p>The calling code was not seen: call sites were off, or no line of a file was on the stack.</p>;
  const raw = details?.request.callSite;
  const mapped = raw?.source !== undefined;
  const library =
    site.package === undefined ? kinds[site.kind] : `via ${site.package}: no line of your own code was seen`;
  const code = details?.code;
  return (
    <>
      <h3>
        Called from
        <span class="dim">{[mapped && 'source-mapped', library].filter(Boolean).join(', ')}</span>
      </h3>
      <p>
        {site.function && <b>{site.function} </b>}
        <button type="button" class="code" onClick={() => openSelected(false)}>
          {site.file}
          {lineAndColumn(site)}
        </button>
      </p>
      {site.line === undefined && <p class="dim">The {transformedWords}.</p>}
      {code && (
        <div class="srccode">
          {code.lines.map((text, i) => (
            <div key={code.first + i} class={code.first + i === code.line ? 'on' : ''}>
              <span class="ln">{code.first + i}</span>
              {text}
            </div>
          ))}
        </div>
      )}
      {details?.codeWithheld && (
        <p>
          <span class="dim">Code not loaded. {withheld[details.codeWithheld]} </span>
          <button type="button" class="code" onClick={() => askCode(row.id)}>
            Load it
          </button>
        </p>
      )}
      <Stack details={details} rowId={row.id} />
      {details?.request.label !== undefined && (
        <p>
          <span class="dim">Label: </span>
          {details.request.label}
        </p>
      )}
      {mapped && (
        <p class="dim">
          ran as {raw?.file}
          {lineAndColumn(raw ?? {})}
        </p>
      )}
    </>
  );
}
