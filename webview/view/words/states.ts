/** Row states: the icon, the word, and what colour may add to them. */
import { doingOf } from '../../../src/model/facts/phaseWords';
import type { Row } from '../types';

export type Tone = 'quiet' | 'error' | 'warning' | 'live' | 'waiting';

interface StateSign {
  /** Codicon without its prefix. */
  icon: string;
  word: string;
  tone: Tone;
  /** Order when sorted by state: what needs attention first. */
  rank: number;
}

const signs: Readonly<Record<string, StateSign>> = {
  failed: { icon: 'error', word: 'failed', tone: 'error', rank: 0 },
  serverError: { icon: 'error', word: 'server error', tone: 'error', rank: 1 },
  clientError: { icon: 'warning', word: 'client error', tone: 'warning', rank: 2 },
  notRead: { icon: 'inbox', word: 'body not read', tone: 'warning', rank: 3 },
  aborted: { icon: 'circle-slash', word: 'aborted by the program', tone: 'quiet', rank: 4 },
  interrupted: { icon: 'debug-disconnect', word: 'interrupted', tone: 'quiet', rank: 5 },
  queued: { icon: 'watch', word: 'queued', tone: 'waiting', rank: 6 },
  running: { icon: 'loading', word: 'running', tone: 'live', rank: 7 },
  open: { icon: 'arrow-swap', word: 'open', tone: 'live', rank: 8 },
  streaming: { icon: 'radio-tower', word: 'streaming', tone: 'live', rank: 9 },
  mocked: { icon: 'beaker', word: 'mocked', tone: 'quiet', rank: 11 },
  redirect: { icon: 'arrow-right', word: 'redirect', tone: 'quiet', rank: 10 },
  done: { icon: 'check', word: 'done', tone: 'quiet', rank: 12 },
};

const unknown: StateSign = { icon: 'question', word: 'unknown state', tone: 'quiet', rank: 13 };
const partly: StateSign = { icon: 'info', word: 'parts lost', tone: 'quiet', rank: 5 };

export function signOf(row: Row): StateSign {
  const sign = signs[row.state] ?? unknown;
  return row.lost && sign.tone === 'quiet' ? partly : sign;
}

export const stateRank = (state: string): number => (signs[state] ?? unknown).rank;

/** `in the TCP connect`, `while waiting for the server`. */
const whileText = (name: string): string => doingOf(name).replace(/^(?!in )/, 'while ');

/** The state in words, for the icon's tooltip and the row's name: `failed in the TCP connect`, `running, waiting for the server`. */
export function stateWords(row: Row): string {
  const word = signOf(row).word;
  const last = row.phases.at(-1);
  if (row.state === 'failed') {
    const phase = row.error?.phase ?? last?.name;
    return phase ? `failed ${whileText(phase)}` : word;
  }
  if (row.state === 'running' && last) return `running, ${doingOf(last.name)}`;
  return row.lost ? `${word}, parts lost` : word;
}
