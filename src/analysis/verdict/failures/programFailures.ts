/** Failures that the program made itself: what it called, gave, mocked or ended. */

import { isClosedHere } from '../../../model/facts/closing';
import { words } from '../../base/draft';
import { clip, requestText } from '../../base/places';
import { afterText, type Case } from '../case/context';
import { type Condition, code } from './failure';

/** Mocking tools' own words that nothing was defined for a request, and that none is let through. */
const notMocked = new Set(['UND_MOCK_ERR_MOCK_NOT_MATCHED', 'ERR_NOCK_NO_MATCH']);

export const noMock: Condition = (k) => {
  if (k.code === undefined || !notMocked.has(k.code)) return;
  return {
    rule: 'notMocked',
    fault: 'yourCode',
    certainty: 'sure',
    text: clip(
      `No mock is defined for ${requestText(k.r)} on ${k.host}, and the mocking tool lets no other request through.`,
    ),
    evidence: code(k),
    advice: 'Define one for this method, host and path, or allow connections to this host.',
  };
};

/** Errors of sockets and clients, apart from what a body's stream fails with. */
const ofConnection = /^(?:ECONN|EPIPE|ETIMEDOUT|ERR_HTTP2|ERR_SSL|ERR_TLS|UND_ERR)/;

/** Its own body failed: an error that is not the connection's, after which the connection was closed here. */
export const bodyFailed: Condition = (k) => {
  const { error, c } = k;
  if (k.phase !== 'send' || error === undefined || k.r.direction === 'in') return;
  if (!isClosedHere(c.connection) || c.connection?.error !== undefined || ofConnection.test(k.code ?? '')) return;
  const why = [k.code, error.message?.replace(/\.$/, '')].filter((part) => part !== undefined).join(', ');
  return {
    rule: 'bodyFailed',
    fault: 'yourCode',
    certainty: 'likely',
    text: clip(
      `The request’s body failed${afterText(k)}, while it was sent: ${why || error.name || 'no reason given'}.`,
    ),
    evidence: [
      ...(k.code === undefined
        ? [words('error', error.message ?? error.name ?? '', k.r.id, 'error.message')]
        : code(k)),
      words('closed by', c.connection?.closedBy ?? '', c.connection?.id, 'closedBy'),
    ],
    advice: 'Look at the stream that the body is read from.',
  };
};

/** undici's own word that the program ended its dispatcher. */
const ended = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED']);

export const dispatcherEnded: Condition = (k) => {
  if (k.code === undefined || !ended.has(k.code)) return;
  return {
    rule: 'dispatcherEnded',
    fault: 'yourCode',
    certainty: 'sure',
    text: `The program had ${k.code === 'UND_ERR_CLOSED' ? 'closed' : 'destroyed'} its dispatcher: the request failed${afterText(k)}.`,
    evidence: code(k),
    advice: 'Close a dispatcher after its last request: `close()` waits for those that run, `destroy()` ends them.',
  };
};

/** It was given to no pool, and nobody dialled for it. */
export const isUnsent = (k: Case): boolean =>
  k.phase === 'queue' && k.r.assignedAt === undefined && k.r.dial === undefined;

/** Node, fetch or undici did not take the call: its URL, a header, an option. */
export const refusedCall: Condition = (k) => {
  const { error } = k;
  const isArgument = k.code?.startsWith('ERR_') || k.code === 'UND_ERR_INVALID_ARG' || k.r.error?.name === 'TypeError';
  if (!isUnsent(k) || k.r.direction === 'in' || isArgument !== true) return;
  const isOver = k.code === 'ERR_HTTP2_INVALID_SESSION' || k.code === 'ERR_HTTP2_SESSION_ERROR';
  const why = error?.message?.replace(/\.$/, '') ?? k.code ?? error?.name ?? '';
  return {
    rule: 'refusedCall',
    fault: 'yourCode',
    certainty: 'sure',
    text: `The call was refused before anything was sent: ${why}.`,
    evidence: k.code === undefined ? [words('error', error?.name ?? '', k.r.id, 'error.name')] : code(k),
    advice: isOver
      ? 'Connect again when a session emits `close`: a session that is closed takes no requests.'
      : 'Look at what the call was given: URL, method, headers, body.',
  };
};
