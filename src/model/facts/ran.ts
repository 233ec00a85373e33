/** What the hook says of the code that ran: needed to find its place in the source, so beside a call site and in no record. */
import type { CallSite } from '../records';

export const ran = Symbol('ran');

export interface Ran {
  /** SHA-256 of the code. */
  hash?: string;
  /** Made by `eval` or a constructor of functions: no file has this text. */
  evaluated?: true;
  /** The calls around it, innermost first, where its file is a bundle: its map may say that it is a library's. */
  around?: readonly RanSite[];
}

export type RanSite = CallSite & { [ran]?: Ran };
