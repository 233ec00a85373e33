/** Puts the parts of the hook in place, once an isolate. */

import { watchHost } from './attached';
import { installChildren } from './childProcesses';
import { asked, isPlainlyAsked } from './control/asked';
import { control, controlLine, followControl, readControl } from './control/controlFile';
import { guardDescriptor } from './descriptor';
import { installEnds } from './exit';
import { installFetch } from './fetchCall';
import { type Loader, needRequests, prepareRequests } from './later';
import { cutText, line, maskedArguments, setUpMasks } from './output/json';
import { flush, push, setUpQueue } from './output/queue';
import { isSpool, openSpool } from './output/spool';
import { proxyEnvironment } from './proxyVariables';
import { installTimers } from './request/timers';
import { pid, syncExports, threadId } from './runtime/builtins';
import { anchor, reading } from './runtime/clock';
import { fault, Part, parts, setUpFaults } from './runtime/guard';
import { fetchModule, whenSeen } from './runtime/nodeModules';
import { starting } from './runtime/ownCost';
import { applyPatches, removePatches, untilTheEnd } from './runtime/patches';
import type { HookFace, Settings } from './runtime/settings';
import { installHandedIn } from './sites/compiledCode';
import { installLabels } from './sites/labels';
import { keepOursOut } from './sites/ownFrames';
import { uninstall } from './uninstall';

declare const HOOK_VERSION: string | undefined;
const version = typeof HOOK_VERSION === 'string' ? HOOK_VERSION : '0';

/** @public Loaded by `index` only when there is something to do. */
export function install(settings: Settings, face: HookFace, loader?: Loader): void {
  starting(() => installParts(settings, face, loader), loader?.begin && reading(loader.begin));
}

function installParts(settings: Settings, face: HookFace, loader: Loader | undefined): void {
  face.uninstall = uninstall;
  const { monotonicNs, wallMs } = anchor();
  setUpMasks(settings.maskedParameters);
  parts.sockets.on = settings.sockets;
  parts.keys.on = settings.keys;
  parts.bodies.on = settings.bodies > 0;
  parts.headers.on = settings.headers !== 'off';
  readControl(settings.spool, settings.enabled);
  const name = `${pid}-${threadId}-${monotonicNs}`;
  let reason = 'start';
  const opened = openSpool({
    folder: settings.spool,
    name,
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
  prepareRequests(loader, settings, name);
  // A worker is terminated between two ticks without running the hook again: it queues nothing for a later write.
  setUpQueue(settings.gap ?? (threadId === 0 ? undefined : 0));
  face.flush = flush;
  face.thread = `${pid}-${threadId}`;
  face.control = control;
  watchHost(settings);
  let patched = false;
  followControl({
    on() {
      if (patched) return applyPatches();
      patched = true;
      patchAll(settings, loader?.keepCode);
    },
    off() {
      flush();
      removePatches();
    },
  });
}

/** Node's modules that make connections: the first that the program loads brings the part for requests. */
const network = ['net', 'dgram', 'dns', 'internal/dns/promises', 'tls', 'http', 'https', 'http2', fetchModule];

/** What sees the network, and the end of the process. */
function patchAll(settings: Settings, keepCode: (() => void) | undefined): void {
  keepOursOut();
  installTimers(settings.stacks && settings.callSites !== 'off');
  installFetch(needRequests);
  if (settings.callSites !== 'off') installHandedIn();
  installLabels();
  installChildren(settings.spool);
  // TLS secrets have a file of their own, which the session expects; incoming requests are followed by their context.
  if (settings.keys || settings.incoming || !isPlainlyAsked()) needRequests();
  else {
    asked.use = () => {
      if (!isPlainlyAsked()) needRequests();
    };
    for (const module of network) whenSeen(module, needRequests);
  }
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
