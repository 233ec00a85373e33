/** Puts the parts of the hook in place, once an isolate. */

import { watchHost } from './attached';
import { installChildren } from './childProcesses';
import { control, controlLine, followControl, readControl } from './control/controlFile';
import { guardDescriptor } from './descriptor';
import { installDns } from './dns/install';
import { installEnds } from './exit';
import { installHttp1 } from './http1/install';
import { findSessions, installHttp2 } from './http2/install';
import { cutText, line, maskedArguments, setUpMasks } from './output/json';
import { flush, push, setUpQueue } from './output/queue';
import { isSpool, openSpool } from './output/spool';
import { proxyEnvironment } from './proxyVariables';
import { setUpBodies } from './records/body/recorded';
import { setUpHeaders } from './records/headers/headers';
import { installTimers } from './request/timers';
import type { HookFace } from './runtime/api';
import { setUpBudget } from './runtime/budget';
import { pid, syncExports, threadId } from './runtime/builtins';
import { anchor } from './runtime/clock';
import { fault, Part, parts, setUpFaults } from './runtime/guard';
import { applyPatches, removePatches, untilTheEnd } from './runtime/patches';
import type { Settings } from './runtime/settings';
import { installServedRequests } from './server/requests';
import { installIncoming } from './server/sockets';
import { readSites, setUpCallSites, unreadSites } from './sites/callSite';
import { installHandedIn } from './sites/compiledCode';
import { installLabels } from './sites/labels';
import { keepOursOut } from './sites/ownFrames';
import { installPromiseParents } from './sites/promiseParents';
import { installCarriers } from './sockets/carrier';
import { installNet } from './sockets/net';
import { installSocketTrace } from './sockets/operationsTrace';
import { setUpKeys } from './sockets/tlsKeys';
import { installDatagrams } from './sockets/udp';
import { installUndiciHttp2 } from './undici/http2';
import { installUndici } from './undici/install';
import { uninstall } from './uninstall';

declare const HOOK_VERSION: string | undefined;
const version = typeof HOOK_VERSION === 'string' ? HOOK_VERSION : '0';

/** @public Loaded by `index` only when there is something to do. */
export function install(settings: Settings, face: HookFace, keepCode?: () => void): void {
  face.uninstall = uninstall;
  const { monotonicNs, wallMs } = anchor();
  setUpMasks(settings.maskedParameters);
  setUpBudget(settings.maskingMs);
  parts.sockets.on = settings.sockets;
  parts.keys.on = settings.keys;
  parts.bodies.on = settings.bodies > 0;
  parts.headers.on = settings.headers !== 'off';
  readControl(settings.spool, settings.enabled);
  let reason = 'start';
  const opened = openSpool({
    folder: settings.spool,
    name: `${pid}-${threadId}-${monotonicNs}`,
    segmentBytes: settings.segmentBytes,
    maxUnreadBytes: settings.maxUnreadBytes,
    preamble(segment) {
      const text = processLine(settings, segment, monotonicNs, wallMs) + controlLine(reason);
      reason = 'segment';
      return text;
    },
  });
  if (!opened) return;
  setUpFaults(push, settings.faults);
  if (settings.unfit.length > 0) fault(new Part('NETTRACE_CONF'), settings.unfit);
  if (settings.keys) setUpKeys(settings.spool, `${pid}-${threadId}-${monotonicNs}`, settings.host);
  // A worker is terminated between two ticks without running the hook again: it queues nothing for a later write.
  const worker = threadId !== 0;
  // So is a forked process by the pool that made it, with a signal.
  const every = worker || process.channel != null ? 0 : 50;
  setUpQueue(settings.gap ?? (worker ? 0 : undefined), { count: unreadSites, read: readSites, every });
  setUpCallSites(settings.callSites, settings.stacks);
  setUpHeaders(settings.headers, settings.excludeHeaders);
  setUpBodies(settings.bodies, settings.bodyTypes);
  face.flush = flush;
  face.thread = `${pid}-${threadId}`;
  face.control = control;
  watchHost(settings);
  let patched = false;
  followControl({
    on() {
      if (patched) return applyPatches();
      patched = true;
      patchAll(settings, keepCode);
    },
    off() {
      flush();
      removePatches();
    },
  });
}

/** What sees the network, and the end of the process. */
function patchAll(settings: Settings, keepCode: (() => void) | undefined): void {
  keepOursOut();
  installNet();
  installCarriers();
  installDns(settings);
  installHttp1();
  installTimers(settings.stacks && settings.callSites !== 'off');
  installUndiciHttp2();
  installHttp2();
  findSessions();
  installUndici();
  installDatagrams(settings.sockets);
  if (settings.incoming) {
    installIncoming();
    installServedRequests();
  }
  if (settings.callSites !== 'off') {
    installHandedIn();
    installPromiseParents();
  }
  installLabels();
  installChildren(settings.spool);
  if (settings.sockets) installSocketTrace();
  untilTheEnd(() => {
    installEnds(keepCode);
    guardDescriptor(isSpool);
  });
  syncExports();
}

function processLine(settings: Settings, segment: number, monotonicNs: bigint, wallMs: number): string {
  const { versions, ppid, argv, title } = process;
  return line({
    k: 'proc',
    v: 1,
    trace: settings.trace,
    pid,
    ppid,
    tid: threadId,
    segment,
    monotonicNs: String(monotonicNs),
    wallMs,
    runtime: { name: 'node', version: versions.node, undici: versions.undici },
    argv: shortArguments(maskedArguments(argv.map((arg) => arg.slice(0, 4096)))),
    title: title === 'node' || title === argv[0] ? undefined : cutText(title, 128),
    proxyEnvironment: proxyEnvironment(process.env),
    hook: version,
    parts: Object.values(parts).flatMap((p) => (p.on ? [p.name] : [])),
    settings: {
      headerLevel: settings.headers,
      socketOperations: settings.sockets ? true : undefined,
      callSites: settings.callSites,
      excludeHeaders: settings.excludeHeaders.length > 0 ? settings.excludeHeaders : undefined,
      maskedParameters: settings.maskedParameters.length > 0 ? settings.maskedParameters : undefined,
    },
  });
}

/** 1,024 bytes together. */
function shortArguments(argv: string[]): string[] {
  let left = 1024;
  const out: string[] = [];
  for (const arg of argv) {
    if (left <= 0) break;
    const short = cutText(arg, left);
    left -= Buffer.byteLength(short);
    out.push(short);
  }
  return out;
}
