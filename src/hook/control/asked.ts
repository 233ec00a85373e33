/** What is asked for, and who acts on it: at first nobody, then the part for requests (`requests.ts`) once it is loaded. */
import type { ControlState, RequestControl } from '../../model/lines/control';

type Asked = Pick<ControlState, 'requests' | 'breakpoints'>;

export const asked: {
  state: Asked;
  /** Puts `state` in force. */
  use(): void;
  /** Ids of those whose limit has not been reached. */
  inForce(): string[];
} = {
  state: { requests: [], breakpoints: [] },
  use() {},
  inForce: () => asked.state.requests.map(({ id }) => id),
};

const isPlain = ({ condition, limit, sample }: RequestControl): boolean =>
  condition.trim() === '' && limit === undefined && (sample ?? 1) <= 1;

/** All requests or none: nothing has to be known of it before the first. */
export const isPlainlyAsked = (): boolean =>
  asked.state.breakpoints.length === 0 && asked.state.requests.every(isPlain);
