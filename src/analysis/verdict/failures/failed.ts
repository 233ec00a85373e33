/** Why a request failed: the first condition that holds. Texts and sides as sure as their figures. */

import { doingOf } from '../../../model/facts/phaseWords';
import type { Verdict } from '../../../model/facts/verdict';
import type { ErrorInfo } from '../../../model/records';
import { afterText, type Case, totalEvidence } from '../case/context';
import { undecodable } from './decoding';
import { broken, grpc, h2, refusedResponse, stale, stoppedInDebugger, timer } from './exchangeFailures';
import { type Condition, code } from './failure';
import { bodyFailed, dispatcherEnded, isUnsent, noMock, refusedCall } from './programFailures';
import { proxy } from './proxies';
import { attempts, connect, dns, tls } from './setupFailures';

const conditions: readonly Condition[] = [
  grpc,
  undecodable,
  stoppedInDebugger,
  noMock,
  dispatcherEnded,
  proxy,
  dns,
  attempts,
  timer,
  connect,
  tls,
  h2,
  refusedResponse,
  stale,
  bodyFailed,
  broken,
  refusedCall,
];

/** A name that any error may have says nothing; a message may be a whole sentence, and is a part of one here. */
const reasonOf = (e: ErrorInfo | undefined): string | undefined =>
  (e?.name === undefined || /^(Type|Range)?Error$/.test(e.name)) && e?.message ? e.message.replace(/\.$/, '') : e?.name;

export function failedVerdict(k: Case): Verdict {
  for (const condition of conditions) {
    const said = condition(k);
    if (said) return { level: 'failed', ...said };
  }
  const where = isUnsent(k) ? ', before it was sent' : k.phase === undefined ? '' : `, ${doingOf(k.phase)}`;
  const after = afterText(k);
  return {
    level: 'failed',
    rule: 'unknown',
    fault: 'unclear',
    certainty: 'unclear',
    text: `Failed: ${k.code ?? reasonOf(k.error) ?? 'no reason given'}${where}${after && `,${after}`}.`,
    evidence: [...totalEvidence(k, 'until failure'), ...code(k)],
  };
}
