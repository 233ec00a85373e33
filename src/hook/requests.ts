/**
 * What follows requests, and all below them: a bundle of its own, loaded by `later.ts` when the program loads the first of
 * Node's modules for the network. What it shares with the hook's first bundle it gets from there (`door.ts`).
 */
import { asked } from './control/asked';
import { arm, armed, atExit } from './control/breakpoints';
import { controlLine } from './control/controlFile';
import { ask, decideHeld, inForce } from './control/selection';
import { installDns } from './dns/install';
import { ends } from './ends';
import { fetchCalls } from './fetchCall';
import { installHttp1 } from './http1/install';
import { findSessions, installHttp2 } from './http2/install';
import { push, setUpRequestQueue } from './output/queue';
import { leaveBodies, setUpBodies } from './records/body/recorded';
import { setUpHeaders } from './records/headers/headers';
import { setUpBudget } from './runtime/budget';
import { syncExports, threadId } from './runtime/builtins';
import { utilization } from './runtime/idle';
import type { Settings } from './runtime/settings';
import { installServedRequests } from './server/requests';
import { installIncoming } from './server/sockets';
import { readSites, setUpCallSites, unreadSites } from './sites/callSite';
import { newName } from './sites/handedTexts';
import { installPromiseParents } from './sites/promiseParents';
import { forgetFile } from './sites/stack';
import { installCarriers } from './sockets/carrier';
import { leaveOpen } from './sockets/close';
import { installNet } from './sockets/net';
import { installSocketTrace } from './sockets/operationsTrace';
import { setUpKeys } from './sockets/tlsKeys';
import { installDatagrams, leaveDatagrams } from './sockets/udp';
import { installUndiciHttp2 } from './undici/http2';
import { fetchEntry, installUndici } from './undici/install';

/** @public Called by `later.ts`. `name`: that of the spool's files. */
export function installRequests(settings: Settings, name: string): void {
  setUpBudget(settings.maskingMs);
  if (settings.keys) setUpKeys(settings.spool, name, settings.host);
  // A worker, or a process forked by a pool, is ended without running the hook again: its call sites do not wait.
  const every = threadId !== 0 || process.channel != null ? 0 : 50;
  setUpRequestQueue({ count: unreadSites, read: readSites, every }, utilization);
  setUpCallSites(settings.callSites, settings.stacks);
  setUpHeaders(settings.headers, settings.excludeHeaders);
  setUpBodies(settings.bodies, settings.bodyTypes);
  newName.seen = forgetFile;
  fetchCalls.follow = fetchEntry;
  obeyControl();
  installNet();
  installCarriers();
  installDns(settings);
  installHttp1();
  installUndiciHttp2();
  installHttp2();
  findSessions();
  installUndici();
  installDatagrams(settings.sockets);
  if (settings.incoming) {
    installIncoming();
    installServedRequests();
  }
  if (settings.callSites !== 'off') installPromiseParents();
  if (settings.sockets) installSocketTrace();
  syncExports();
}

function obeyControl(): void {
  asked.use = () => {
    const { requests, breakpoints } = asked.state;
    ask(requests, (limits) => push(controlLine('limit', { limits })));
    arm(breakpoints);
  };
  asked.inForce = inForce;
  asked.use();
  ends.begin = () => {
    if (armed.on) atExit();
  };
  ends.leave = () => {
    leaveOpen();
    decideHeld();
    leaveBodies();
    leaveDatagrams();
  };
  ends.leaveBodies = leaveBodies;
}
