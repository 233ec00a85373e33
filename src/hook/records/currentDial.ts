/** The dial in progress. Node's lookup and the client's agent are called inside it, without a reference to it. */
import type { ConnectOptions } from '../runtime/nodeTypes';
import type { Wire } from './wire';

/** What is known of a dial before the socket connects: set synchronously round the call that will dial. */
export interface Dialler {
  fill(wire: Wire, options: ConnectOptions): void;
}

/** The socket that is inside `connect` now, and who makes it dial. */
export const dialling: { wire: Wire | undefined; by: Dialler | undefined } = { wire: undefined, by: undefined };
