/** Last tab: the line of code that made the request. */
import { openSelected } from '../actions';
import type { Details, Row } from '../types';

const kinds: Readonly<Record<string, string>> = {
  library: 'inside a library: no line of your own code was on the stack',
  inherited: 'taken from the first request of the redirects',
};

export function CodeTab({ row, details }: { row: Row; details: Details | undefined }) {
  const site = row.callSite;
  if (!site) return <p>The calling code was not seen: call sites were off, or no line of a file was on the stack.</p>;
  const raw = details?.request.callSite;
  const mapped = raw?.source !== undefined;
  const code = details?.code;
  return (
    <>
      <h3>
        Called from
        <span class="dim">{mapped ? 'source-mapped' : (kinds[site.kind] ?? '')}</span>
      </h3>
      <p>
        {site.function && <b>{site.function} </b>}
        <button type="button" class="code" onClick={() => openSelected(false)}>
          {site.file}:{site.line}:{site.column}
        </button>
      </p>
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
      {mapped && (
        <p class="dim">
          ran as {raw?.file}:{raw?.line}:{raw?.column}
        </p>
      )}
    </>
  );
}
