/** Last tab: the line of code that made the request. */
import { packageOf } from '../../../src/model/base/package';
import { plural } from '../../../src/model/base/text';
import { lineAndColumn, transformedWords } from '../../../src/model/rows/row';
import { openSelected } from '../../input/actions';
import { askCode, copy, openFrame } from '../../state/host';
import type { Details, Row } from '../../view/types';
import { asStack } from '../../view/words/copy';

const kinds: Readonly<Record<string, string>> = {
  library: 'inside a library: no line of your own code was on the stack',
  inherited: 'taken from the first request of the redirects',
};

const withheld: Readonly<Record<NonNullable<Details['codeWithheld']>, string>> = {
  outsideWorkspace: 'The file is outside of the workspace.',
  otherComputer: 'The file is on another computer; reading it may send your credentials there.',
};

const isForeign = (file: string): boolean => file.startsWith('node:') || /[\\/]node_modules[\\/]/.test(file);

type Frame = NonNullable<Details['request']['stack']>[number];
/** With its place in the chain, by which it is opened. */
type Numbered = Frame & { index: number };

const isQuiet = (f: Frame): boolean => f.kind === 'library' || isForeign((f.source ?? f).file);

/** Frames in order; those of packages that follow each other together. */
function foldedFrames(frames: readonly Frame[]): Numbered[][] {
  const out: Numbered[][] = [];
  frames.forEach((f, index) => {
    const last = out.at(-1);
    if (isQuiet(f) && last?.[0] && isQuiet(last[0])) last.push({ ...f, index });
    else out.push([{ ...f, index }]);
  });
  return out;
}

/** `3 frames of got, keyv`. */
function foldText(frames: readonly Frame[]): string {
  const of = frames.map(
    (f) => packageOf((f.source ?? f).file) ?? ((f.source ?? f).file.startsWith('node:') ? 'Node' : ''),
  );
  return `${plural(frames.length, 'frame')} of ${[...new Set(of)].filter(Boolean).join(', ') || 'packages'}`;
}

function FrameLine({ frame, rowId }: { frame: Numbered; rowId: string }) {
  const at = frame.source ?? frame;
  const place = `${at.file}${lineAndColumn({ line: at.line })}`;
  return (
    <li class={isQuiet(frame) ? 'foreign' : ''}>
      {frame.async && <span class="dim">await </span>}
      {frame.function ? `${frame.function} ` : ''}
      <button type="button" class="code" title={place} onClick={() => openFrame(rowId, frame.index, false)}>
        {place.split(/[\\/]/).slice(-2).join('/')}
      </button>
    </li>
  );
}

/** The whole chain of calls, with what awaited what; several frames of packages in a row are folded. */
function Stack({ details, rowId }: { details: Details | undefined; rowId: string }) {
  const frames = details?.request.stack ?? [];
  if (frames.length === 0) return null;
  return (
    <>
      <h3>
        Call chain
        <span class="dim">{frames.some((f) => f.async) ? 'with what awaited it' : ''}</span>
        <button type="button" class="code" onClick={() => copy(asStack(frames))}>
          Copy call stack
        </button>
      </h3>
      <ol class="stack">
        {foldedFrames(frames).map((group) =>
          group.length === 1 ? (
            <FrameLine key={group[0]?.index} frame={group[0] as Numbered} rowId={rowId} />
          ) : (
            <li key={group[0]?.index}>
              <details>
                <summary class="foreign">{foldText(group)}</summary>
                <ol class="stack">
                  {group.map((f) => (
                    <FrameLine key={f.index} frame={f} rowId={rowId} />
                  ))}
                </ol>
              </details>
            </li>
          ),
        )}
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
      {row.test !== undefined && (
        <p>
          <span class="dim">Test: </span>
          {row.test}
        </p>
      )}
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
