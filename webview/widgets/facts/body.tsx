/** A recorded body: as text only, whatever it says. */
import { bytesText } from '../../../src/model/base/text';
import type { BodyContent } from '../../view/types';

const omitted: Readonly<Record<string, string>> = {
  encoding: 'its content coding is unknown or corrupt',
  limit: 'it is too long',
  notText: 'it is not text',
};
/** Characters shown; more would only slow the page. */
const max = 20_000;

interface Shown {
  title: string;
  content: BodyContent | undefined;
  /** Opens it in an editor. */
  open: () => void;
}

export function Body({ title, content, open }: Shown) {
  if (!content) return null;
  const { text, encoding, truncated, bytes } = content;
  const facts = [
    content.contentType,
    bytesText(bytes),
    content.contentEncoding && `${content.contentEncoding} undone`,
    encoding && `as ${encoding}`,
    truncated && 'only its beginning was recorded',
    text !== undefined && text.length > max && `the first ${max} characters`,
  ];
  return (
    <>
      <h3>
        {title}
        <span class="dim">{facts.filter(Boolean).join(' · ')}</span>
        {text && (
          <button type="button" class="linkish" aria-label={`Open ${title.toLowerCase()} in an editor`} onClick={open}>
            Open in editor
          </button>
        )}
      </h3>
      {text === undefined ? (
        <p class="dim">Not kept: {omitted[content.omitted ?? ''] ?? content.omitted ?? 'the reason is not known'}.</p>
      ) : (
        <pre class="body" tabIndex={0}>
          {text.slice(0, max)}
        </pre>
      )}
    </>
  );
}
