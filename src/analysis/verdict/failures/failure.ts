/** What the conditions of a failure share: their shape, and the words for code and address. */

import type { Verdict } from '../../../model/facts/verdict';
import type { Evidence } from '../../../model/records';
import { words } from '../../base/draft';
import type { Case } from '../case/context';

export type Said = Omit<Verdict, 'level'>;
/** What is to be said of a failure; undefined: it is another one's. */
export type Condition = (k: Case) => Said | undefined;

export const code = (k: Case): Evidence[] =>
  k.code === undefined ? [] : [words('error', k.code, k.r.id, 'error.code')];
/** Address and port that were tried last, else the name. */
export const target = (k: Case): string => {
  const { error, c } = k;
  const { address, port } =
    error?.address !== undefined ? error : (c.winner?.remote ?? c.attempts.at(-1)?.remote ?? {});
  if (address === undefined)
    return c.dial?.path ?? (c.dial?.host === undefined ? k.host : `${c.dial.host}:${c.dial.port}`);
  return `${address.includes(':') ? `[${address}]` : address}${port === undefined ? '' : `:${port}`}`;
};
