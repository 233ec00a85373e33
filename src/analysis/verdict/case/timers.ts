/** Which timer ended a request: its name, who set it, and how the text says it. */

import { timeText } from '../../../model/base/text';
import { timerKindOf } from '../../../model/facts/outcome';
import { phaseWords } from '../../../model/facts/phaseWords';
import type { Finding } from '../../../model/records';
import { baseName } from '../../../model/rows/row';
import { isUndici } from './clients';
import { type Case, durationOf } from './context';

export interface Timer {
  name: string;
  limit: number | undefined;
  fault: Finding['fault'];
  advice: string;
}

const kinds: Readonly<Record<string, Omit<Timer, 'limit'>>> = {
  socket: {
    name: 'socket timeout',
    fault: 'yourCode',
    advice: 'It counts the time without traffic; raise `timeout`, or find out what is slow.',
  },
  agent: {
    name: 'the agent’s socket timeout',
    fault: 'node',
    advice: 'http.globalAgent has 5 s by default; set `timeout` on the request, or use your own Agent.',
  },
  signal: {
    name: 'AbortSignal.timeout',
    fault: 'yourCode',
    advice: 'Raise the limit of the signal, or find out what is slow.',
  },
  connect: { name: 'connect timeout', fault: 'network', advice: 'Check that the address can be reached.' },
  attempt: {
    name: 'autoSelectFamilyAttemptTimeout',
    fault: 'node',
    advice: 'net.setDefaultAutoSelectFamilyAttemptTimeout(1000) gives each address more time.',
  },
  lookup: { name: 'lookup timeout', fault: 'dns', advice: 'Check this machine’s name server and the route to it.' },
};

/** What Node gives its own Agent since version 19, µs; any other limit is one that the program gave. */
const globalLimit = 5_000_000;
const ownAgent: Omit<Timer, 'limit'> = {
  name: 'timeout of the Agent',
  fault: 'yourCode',
  advice: 'It counts the time without traffic; raise `timeout` of the Agent, or find out what is slow.',
};

/** Of a dispatcher of undici. */
const dispatchers: typeof kinds = {
  headers: {
    name: 'headersTimeout',
    fault: 'unclear',
    advice: 'Raise `headersTimeout` of the dispatcher, or ask for less.',
  },
  body: {
    name: 'bodyTimeout',
    fault: 'unclear',
    advice: 'Raise `bodyTimeout` of the dispatcher; it is the time between two chunks.',
  },
  connect: {
    name: 'connect timeout',
    fault: 'network',
    advice: 'Check that the address can be reached; `connect.timeout` of the dispatcher sets the limit.',
  },
};

/** Option of got by timer kind, where the names differ. */
const gotOptions: Readonly<Record<string, string>> = { headers: 'response', body: 'read', tls: 'secureConnect' };

/** A library's own timer, by the option that sets it. */
function ofLibrary(client: string, kind: string): Omit<Timer, 'limit'> {
  const option = client === 'got' ? `timeout.${gotOptions[kind] ?? kind}` : 'timeout';
  const { fault } = kinds[kind] ?? { fault: 'unclear' as const };
  return {
    name: `${option} of ${client}`,
    fault,
    advice: `Raise \`${option}\` of ${client}, or find out what is slow.`,
  };
}

/** The timer that ended the request; undefined: none is known to have. */
export function timerOf(k: Case): Timer | undefined {
  const { r } = k;
  const kind = timerKindOf(r);
  if (kind === undefined) return undefined;
  // A socket's timer only reports idleness; what ended the request must have been its consequence.
  const client = r.timeout?.client;
  if (client !== undefined) return { ...ofLibrary(client, kind), limit: r.timeout?.limit };
  const limit = r.timeout?.limit;
  if (kind === 'agent' && limit !== undefined && limit !== globalLimit) return { ...ownAgent, limit };
  const known = (isUndici(r) ? dispatchers[kind] : undefined) ??
    kinds[kind] ?? {
      name: `${kind} timeout`,
      fault: 'unclear' as const,
      advice: 'Raise it, or find out what is slow.',
    };
  return { ...known, limit };
}

/** `Timed out: headersTimeout = 5 min 00 s; 5 min 00 s of it waiting for the server.` */
export function timerText(k: Case, timer: Timer): string {
  const limit = timer.limit === undefined ? '' : ` = ${timeText(timer.limit)}`;
  const at = k.r.timeout?.callSite;
  const where = at === undefined ? '' : `, set at ${baseName(at.file)}:${at.line}`;
  const phase = k.breakdown.phases.at(-1)?.name;
  const what = phase === undefined ? '' : `; ${timeText(durationOf(k, phase))} of it ${phaseWords[phase].doing}`;
  return `Timed out: ${timer.name}${limit}${where}${what}.`;
}
