/** The verdict of one request: first match wins. Every sentence has its figures; what was not measured is not said. */

import { bytesText, timeText } from '../../model/base/text';
import { hasFailed } from '../../model/facts/outcome';
import { phaseWords } from '../../model/facts/phaseWords';
import type { Verdict } from '../../model/facts/verdict';
import type { Request } from '../../model/records';
import type { Store } from '../../model/store/store';
import { number, time, words } from '../base/draft';
import { longest, pauseMatters } from '../base/limits';
import { clip, placeText, requestText } from '../base/places';
import { discardAdvice, isClients } from './case/clients';
import { afterText, type Case, caseOf, durationOf, totalEvidence } from './case/context';
import { Usual } from './case/usual';
import { failedVerdict } from './failures/failed';
import { isUnsent } from './failures/programFailures';
import { refusedTunnel, sideOfStatus } from './failures/proxies';
import { slowVerdict } from './slow';

/** `now`: µs since the trace began; only running requests need it. `usual`: for verdicts of many requests of one trace. */
export function verdictOf(r: Request, store: Store, now: number, usual = new Usual(store)): Verdict {
  const k = caseOf(r, store, now, usual);
  const v = { ...decide(k) };
  if (v.level !== 'ok' && v.level !== 'running' && k.paused >= pauseMatters && v.rule !== 'pausedInDebugger')
    v.text = `${v.text.replace(/\.$/, '')} (the program was paused for ${timeText(k.paused)} meanwhile).`;
  v.text = clip(v.text);
  v.evidence = v.evidence.slice(0, 5);
  if (v.advice !== undefined) v.advice = clip(v.advice, longest.advice);
  return v;
}

function decide(k: Case): Verdict {
  const { r } = k;
  if (r.mocked && r.outcome !== undefined) return mocked(k);
  if (hasFailed(r)) return failedVerdict(k);
  switch (r.outcome) {
    case undefined:
      return running(k);
    case 'aborted':
      return aborted(k);
    case 'processExit':
    case 'interrupted':
      return {
        level: 'aborted',
        rule: 'interrupted',
        certainty: 'sure',
        text: `${r.missing?.endAt === 'detached' ? 'Net Trace was detached' : 'The program ended'} first${r.responseBeginAt === undefined ? ', before a response came' : ', before the body was complete'}.`,
        evidence: [words('outcome', r.outcome, r.id, 'outcome')],
      };
    case 'notRead':
      return notRead(k);
  }
  return responded(k);
}

/** Its times are the program's own: nothing of them is the network's or a server's. */
function mocked(k: Case): Verdict {
  return {
    level: 'ok',
    rule: 'mocked',
    certainty: 'sure',
    text: `Mocked: answered inside the program${afterText(k)}, with no connection.`,
    evidence: totalEvidence(k, 'total', 'endAt'),
  };
}

function running(k: Case): Verdict {
  const last = k.breakdown.phases.at(-1);
  const holder = k.r.blockedBy === undefined ? undefined : k.store.requests.get(k.r.blockedBy);
  const phase = last?.name ?? 'queue';
  const so = last?.duration ?? 0;
  const text =
    phase === 'queue'
      ? `Waiting for a free socket for ${timeText(so)}${holder ? `; ${requestText(holder)} holds it` : ''}.`
      : `${phaseWords[phase].doing.replace(/^./, (c) => c.toUpperCase())} for ${timeText(so)}.`;
  return { level: 'running', rule: 'running', certainty: 'sure', text, evidence: [time('so far', so, k.r.id)] };
}

function aborted(k: Case): Verdict {
  const { r } = k;
  const last = k.breakdown.phases.at(-1)?.name;
  const at = placeText(r.callSite);
  const timer = r.abort?.timer;
  const by =
    timer === undefined ? ` by the program${afterText(k)}` : `${afterText(k)} by a timer of ${timeText(timer)}`;
  return {
    level: 'aborted',
    rule: 'aborted',
    certainty: 'sure',
    // The program, or a client for it: who called is not recorded.
    text: `Aborted${by}${last ? (isUnsent(k) ? ', before it was sent' : `, while ${phaseWords[last].doing}`) : ''}${at ? ` (called at ${at})` : ''}.`,
    evidence: [
      ...totalEvidence(k, 'until then', 'abort.at'),
      ...(timer === undefined ? [] : [time('timer', timer, r.id, 'abort.timer')]),
      ...(r.abort?.reason === undefined ? [] : [words('reason', r.abort.reason, r.id, 'abort.reason')]),
    ],
    ...(timer === undefined
      ? {}
      : { advice: 'Raise the timeout of the client or the delay of the timer, or find out what is slow.' }),
  };
}

function notRead(k: Case): Verdict {
  const { r } = k;
  const due = r.response?.declaredBytes;
  return {
    level: 'warning',
    rule: 'bodyNotRead',
    fault: isClients(r) ? 'unclear' : 'yourCode',
    certainty: 'sure',
    text: `The program did not read the body${due === undefined ? '' : ` (${bytesText(due)})`}, which keeps its connection busy.`,
    advice: discardAdvice(r),
    evidence: [
      words('body', 'not read', r.id, 'outcome'),
      ...(due === undefined ? [] : [{ ref: r.id, what: 'declared', value: due, unit: 'bytes' } as const]),
    ],
  };
}

function responded(k: Case): Verdict {
  const { r } = k;
  const status = r.response?.status;
  const refused = refusedTunnel(k);
  if (refused) return refused;
  const slow = slowVerdict(k);
  const side = status === undefined ? undefined : sideOfStatus(k, status);
  if (status !== undefined && (status >= 500 || status === 429)) {
    const tail = slow ? ` ${slow.text}` : '';
    return {
      level: 'error',
      rule: 'status',
      ...(side === undefined ? {} : { fault: side }),
      certainty: 'sure',
      text: `Server answered ${status} after ${timeText(k.total)}.${tail}`,
      evidence: [number('status', status, r.id), time('total', k.total, r.id)],
      ...(status === 429 ? { advice: 'Send fewer requests; honour Retry-After.' } : {}),
    };
  }
  const quiet = (status === 404 || status === 405) && (r.method === 'HEAD' || r.method === 'OPTIONS');
  if (status !== undefined && status >= 400 && !quiet)
    return {
      level: 'warning',
      rule: 'status',
      ...(side === undefined ? {} : { fault: side }),
      certainty: 'sure',
      text: `${side === 'proxy' ? 'The proxy' : 'Server'} answered ${status} after ${timeText(k.total)}.${slow ? ` ${slow.text}` : ''}`,
      evidence: [number('status', status, r.id), time('total', k.total, r.id)],
    };
  const verification = k.c.tls?.verification;
  if (slow) return slow;
  if (verification?.authorized === false)
    return {
      level: 'warning',
      rule: 'verificationOff',
      fault: 'yourCode',
      certainty: 'sure',
      text: `The certificate is invalid (${verification.error ?? 'not authorized'}) and the program accepted it.`,
      advice: 'Pass its CA with the `ca` option or NODE_EXTRA_CA_CERTS, and keep verification on.',
      evidence: [words('verification', verification.error ?? 'not authorized', k.c.tls?.id, 'verification.error')],
    };
  const wait = durationOf(k, 'wait');
  return {
    level: 'ok',
    rule: 'ok',
    certainty: 'sure',
    text: `Nothing stands out: ${timeText(k.total)}${wait > 0 ? `, ${timeText(wait)} of them waiting for the server` : ''}.`,
    evidence: [time('total', k.total, r.id)],
  };
}
