/** Failures before the request could be sent: proxy, lookup, connection attempts, TCP, TLS. */

import { timeText } from '../../../model/base/text';
import { addressText } from '../../../model/rows/row';
import { time, words } from '../../base/draft';
import { attemptBudgetLate, busyLoop } from '../../base/limits';
import { findsNoName } from '../../base/noNames';
import { isOwnLookupError } from '../../base/ownLookup';
import { ownCheckText, tlsText } from '../../base/tls';
import { isTlsError } from '../../base/tlsAlerts';
import { busyAdvice, busyEvidence, busyFault, busySentence } from '../case/busy';
import { type Case, durationOf } from '../case/context';
import { timerOf } from '../case/timers';
import { type Condition, code, target } from './failure';

export const dns: Condition = (k) => {
  if (k.phase !== 'dns') return;
  const took = durationOf(k, 'dns');
  const host = k.error?.hostname ?? k.c.lookup?.hostname ?? k.host;
  if (isOwnLookupError(k.c.lookup, k.error) && !timerOf(k))
    return {
      rule: 'ownLookup',
      fault: 'yourCode',
      certainty: 'sure',
      text: `The program’s own lookup function failed for ${host} after ${timeText(took)}: ${k.code ?? k.error?.message ?? k.error?.name ?? 'no reason given'}.`,
      evidence: [
        words('lookup', 'custom', k.c.lookup?.id, 'call'),
        ...code(k),
        time('lookup', took, k.c.lookup?.id ?? k.r.id),
      ],
      advice: 'Look at the function given as `lookup`: no name server was at fault.',
    };
  const asked = k.c.lookup?.servers?.length ? `; asked ${k.c.lookup.servers.join(', ')}` : '';
  const evidence = [...code(k), time('lookup', took, k.c.lookup?.id ?? k.r.id)];
  if (k.code === 'ENOTFOUND' || k.code === 'ENODATA')
    return {
      rule: 'dnsNotFound',
      fault: findsNoName(k.store) ? 'unclear' : 'yourCode',
      certainty: 'likely',
      text: `No such host: ${host} (${timeText(took)}${asked}).`,
      evidence,
      advice: 'Check the spelling of the host name, and that this machine’s name server knows it.',
    };
  if (k.code === undefined || timerOf(k)) return;
  return {
    rule: 'dnsFailed',
    fault: 'dns',
    certainty: 'sure',
    text: `The lookup of ${host} failed after ${timeText(took)}: ${k.code}${asked}.`,
    evidence,
    advice: 'Check this machine’s name server (/etc/resolv.conf) and the route to it.',
  };
};

export const attempts: Condition = (k) => {
  const { attempts: all, dial } = k.c;
  const cut = all.filter((a) => a.connect?.result === 'timedOut');
  const budget = dial?.attemptLimit;
  if (k.phase !== 'tcp' || cut.length === 0 || all.length < 2) return;
  const evidence = all
    .slice(0, 4)
    .flatMap((a) =>
      a.connect?.beginAt !== undefined && a.connect.endAt !== undefined
        ? [
            time(
              `${a.remote?.address ?? 'attempt'}: ${a.connect.result}`,
              a.connect.endAt - a.connect.beginAt,
              a.id,
              'connect',
            ),
          ]
        : [],
    );
  if (evidence.length === 0) return;
  const longest = Math.max(...evidence.map((e) => Number(e.value)));
  const late = budget !== undefined && longest > budget + attemptBudgetLate;
  if (late && (k.busy ?? 0) >= longest * busyLoop.share)
    return {
      rule: 'attemptCutByBusyLoop',
      fault: busyFault(k.whyBusy),
      certainty: 'likely',
      text: `${busySentence(k.whyBusy, k.r, timeText(k.busy ?? 0))}, so Node gave up a connection that probably worked.`,
      evidence: [...busyEvidence(k.r, k.busy ?? 0), ...evidence],
      advice: busyAdvice[k.whyBusy],
    };
  const last = all.at(-1)?.connect?.error?.code ?? k.code ?? 'no response';
  return {
    rule: 'attemptBudget',
    fault: 'node',
    certainty: 'likely',
    text: `Node gave each address ${budget === undefined ? 'a short time' : timeText(budget)}; ${cut.length} of ${all.length} were given up, the last failed (${last}).`,
    evidence,
    advice: 'net.setDefaultAutoSelectFamilyAttemptTimeout(1000) gives each address more time.',
  };
};

/** Each address that refused, as each was tried. */
function refusedTargets(k: Case): string {
  const refused = k.c.attempts.filter((a) => a.connect?.error?.code === 'ECONNREFUSED');
  const all = [...new Set(refused.flatMap(({ remote }) => (remote ? addressText(remote) : [])))];
  if (all.length < 2) return target(k);
  const more = all.length > 3 ? ` and ${all.length - 3} more` : '';
  return more ? `${all.slice(0, 3).join(', ')}${more}` : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

export const connect: Condition = (k) => {
  if (k.phase !== 'tcp' || k.code === undefined) return;
  const took = durationOf(k, 'tcp');
  const evidence = [...code(k), time('TCP connect', took, k.c.dial?.id)];
  if (k.code === 'ECONNREFUSED')
    return {
      rule: 'refused',
      fault: 'server',
      certainty: 'sure',
      text: `Nothing listens on ${refusedTargets(k)}${k.loopback ? ' on this machine' : ''} (refused after ${timeText(took)}).`,
      evidence,
      advice: 'Start the server, or correct host and port.',
    };
  if (k.code === 'ENOENT' || k.code === 'EACCES')
    return {
      rule: 'noSocket',
      fault: 'yourCode',
      certainty: 'sure',
      text: `The socket ${k.c.dial?.path ?? target(k)} ${k.code === 'ENOENT' ? 'does not exist' : 'cannot be opened: no permission'}.`,
      evidence,
      advice: 'Check the path, its permissions, and that the server runs.',
    };
  if (k.code === 'EADDRNOTAVAIL' && k.error?.syscall === 'bind')
    return {
      rule: 'localAddress',
      fault: 'yourCode',
      certainty: 'sure',
      text: `This machine has no address ${k.error.address ?? 'like the one given'} to connect from (\`localAddress\`).`,
      evidence,
      advice: 'Give an address of one of its interfaces, or none.',
    };
  if (['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL'].includes(k.code)) {
    const v6 = k.c.attempts.length > 0 && k.c.attempts.every((a) => a.remote?.address.includes(':'));
    return {
      rule: 'unreachable',
      fault: 'network',
      certainty: 'sure',
      text: v6 ? `This machine has no IPv6 route: ${target(k)} (${k.code}).` : `No route to ${target(k)}: ${k.code}.`,
      evidence,
      advice: v6 ? 'Use `family: 4`, or set up an IPv6 route.' : 'Check the route, the VPN and the local address.',
    };
  }
  if (k.code === 'ETIMEDOUT')
    return {
      rule: 'connectTimeout',
      fault: 'network',
      certainty: 'sure',
      text: `No answer from ${target(k)} for ${timeText(took)}.`,
      evidence,
      advice: 'Check that the address is right, and that no firewall drops the packets.',
    };
  return;
};

export const tls: Condition = (k) => {
  // In TLS 1.3 the client is ready before the server has looked at its certificate: the alert comes while it waits.
  const alert = [k.error, k.c.connection?.error, k.c.tls?.error].find((e) => isTlsError(e));
  if (k.phase !== 'tls' && alert === undefined) return;
  const said = tlsText(alert ?? k.error ?? k.r.error, k.c.tls, k.store, k.host) ?? ownCheckText(k.error, k.c.tls);
  if (said) return { ...said, evidence: [...code(k), ...said.evidence] };
  if (k.phase !== 'tls') return;
  if (k.code !== 'ECONNRESET' && k.code !== 'UND_ERR_SOCKET') return;
  return {
    rule: 'tlsClosed',
    fault: 'server',
    certainty: 'sure',
    text: `The server closed during the TLS handshake, after ${timeText(durationOf(k, 'tls'))}.`,
    evidence: [...code(k), time('TLS handshake', durationOf(k, 'tls'), k.c.tls?.id)],
    advice: 'Check that this port speaks TLS, and which versions and server names it accepts.',
  };
};
