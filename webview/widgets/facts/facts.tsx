/** Small parts that the tabs share: a line of a table of facts, a link to another request, an error in words. */
import './facts.css';
import type { ComponentChildren } from 'preact';
import { select } from '../../input/actions';
import { store } from '../../state/state';
import type { ErrorInfo, RelatedRequest } from '../../view/types';

export const isEmpty = (c: ComponentChildren): boolean =>
  c === undefined || c === null || c === '' || c === false || (Array.isArray(c) && c.every(isEmpty));

/** One line of a table of facts; without a value there is no line. */
export function Fact({ name, mono, children }: { name: string; mono?: boolean; children?: ComponentChildren }) {
  if (isEmpty(children)) return null;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class={mono ? 'mono' : ''}>{children}</td>
    </tr>
  );
}

/** A link to the row; plain text if there is no such row (any more). */
export function RequestLink({ to, current }: { to: RelatedRequest; current?: boolean }) {
  const text = `${to.attempt === undefined ? '' : `try ${to.attempt}: `}${to.text}`;
  return (
    <>
      {current || !store.get(to.id) ? (
        <span>{text}</span>
      ) : (
        <button type="button" class="code" onClick={() => select(to.id, { open: true, reveal: true })}>
          {text}
        </button>
      )}{' '}
      <span class="dim">{current ? `${to.state}, this one` : to.state}</span>
    </>
  );
}

/** Code and message; a message that names the code itself says it once. */
export function errorText(e: ErrorInfo | undefined): string | undefined {
  if (!e) return undefined;
  const code = e.code !== undefined && e.message?.includes(e.code) ? '' : (e.code ?? '');
  return `${code} ${e.message ?? ''}`.trim() || e.name;
}

export const addressText = (a: { address: string; port: number }): string =>
  a.address.includes(':') ? `[${a.address}]:${a.port}` : `${a.address}:${a.port}`;
