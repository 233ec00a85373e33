/**
 * What a file of packets holds: the packets of a session or of one request, each request's first one with what it is,
 * the names of addresses, and, only if asked for, the TLS secrets of the connections that are in it.
 */

import type { PacketsToSave } from '../../model/facts/packets';
import type { PacketRef, Request } from '../../model/records';
import { lineAndColumn } from '../../model/rows/row';
import { maskText, maskUrl } from '../../model/secrets/mask';
import type { Store } from '../../model/store/store';
import type { PacketCapture } from './capture';
import { addressDigits } from './decode';
import type { Kept } from './keeper';

export interface SaveOptions {
  /** Only this request's packets. */
  request?: string;
  /** TLS secrets of the session in the format of SSLKEYLOGFILE; absent: the file shall hold none. */
  keyLog?: string;
}

export function packetsToSave(
  capture: PacketCapture,
  store: Store,
  producer: { name: string; version: string },
  options: SaveOptions,
): PacketsToSave & { count: number; withKeys: boolean } {
  const chosen = capture.chosen(options.request).flatMap((k) => {
    const ref = capture.reference(k);
    return ref ? [{ k, ref }] : [];
  });
  const keyLog = options.keyLog === undefined ? '' : keysOf(options.keyLog, randomsOf(capture, chosen));
  const last = chosen.at(-1)?.k.ns ?? 0n;
  return {
    program: `${producer.name} ${producer.version}`,
    os: [store.header.host?.os, store.header.host?.kernel].filter(Boolean).join(' '),
    comment: commentOf(store, options),
    interfaces: capture.interfaces.map((i) => ({
      ...i,
      ...(capture.filter === undefined ? {} : { filter: capture.filter }),
    })),
    ...(keyLog === '' ? {} : { keyLog }),
    names: namesOf(store, new Set(chosen.flatMap(({ ref }) => ref.connection ?? []))),
    packets: packets(capture, store, chosen),
    statistics: (capture.counted ?? []).map((s) => ({ ...s, ns: last })),
    count: chosen.length,
    withKeys: keyLog !== '',
  };
}

type Chosen = { k: Kept; ref: PacketRef };

function* packets(capture: PacketCapture, store: Store, chosen: readonly Chosen[]): PacketsToSave['packets'] {
  const named = new Set<string>();
  for (const { k, ref } of chosen) {
    const data = capture.bytesOf(k);
    if (!data) continue; // the disk was full
    const comments: string[] = [];
    if (ref.request !== undefined && !named.has(ref.request)) {
      named.add(ref.request);
      const r = store.requests.get(ref.request);
      if (r) comments.push(requestText(r, store));
    }
    const note = [ref.phase && `${ref.request ? `request ${ref.request}, ` : ''}${ref.phase}`, ref.note].filter(
      Boolean,
    );
    if (note.length > 0) comments.push(note.join(': '));
    yield {
      interface: k.interface,
      ns: k.ns,
      data,
      length: k.length,
      ...(ref.direction === undefined
        ? {}
        : { direction: ref.direction === 'out' ? ('out' as const) : ('in' as const) }),
      comments,
    };
  }
}

/** `request 4711-0-7: GET https://api.example.test/v1?token=*** (app.js:10)`. */
function requestText(r: Request, store: Store): string {
  const extra = store.header.settings?.maskedParameters;
  const site = r.callSite?.source ?? r.callSite;
  const where = site ? ` (${site.file.split(/[\\/]/).at(-1)}${lineAndColumn({ line: site.line })})` : '';
  return `request ${r.id}: ${r.method ?? '?'} ${maskUrl(r.url ?? '?', extra)}${where}`;
}

function commentOf(store: Store, { request }: SaveOptions): string {
  const what = maskText(
    store.header.description ?? `trace ${store.header.id}`,
    store.header.settings?.maskedParameters,
  );
  return request === undefined ? what : `${what}: request ${request}`;
}

/** The names that were asked for, at the addresses that they led to. */
function namesOf(store: Store, connections: ReadonlySet<string>): PacketsToSave['names'] {
  const names = new Map<string, Set<string>>();
  const add = (address: string | undefined, name: string | undefined) => {
    const digits = address === undefined ? undefined : addressDigits(address);
    if (digits === undefined || !name || addressDigits(name) !== undefined) return;
    const set = names.get(digits);
    if (set) set.add(name);
    else names.set(digits, new Set([name]));
  };
  for (const id of connections) {
    const c = store.connections.get(id);
    const dial = c?.dial === undefined ? undefined : store.dials.get(c.dial);
    if (!c || c.fromResolver) continue;
    add(c.remote?.address, dial?.host);
  }
  return [...names].map(([digits, set]) => ({ address: Buffer.from(digits, 'hex'), names: [...set].slice(0, 16) }));
}

/** Client randoms of the TLS handshakes on the connections that are in the file, also where these themselves are not. */
function randomsOf(capture: PacketCapture, chosen: readonly Chosen[]): Set<string> {
  const randoms = new Set<string>();
  for (const flow of new Set(chosen.flatMap(({ k }) => k.flow ?? []))) {
    for (const k of flow.kept) {
      if (!k.hint?.startsWith('TLS ClientHello')) continue;
      const data = capture.bytesOf(k);
      const at = data ? data.length - k.payload + 11 : 0;
      if (data && k.captured === k.length && at > 0) randoms.add(data.toString('hex', at, at + 32));
    }
  }
  return randoms;
}

function keysOf(keyLog: string, randoms: ReadonlySet<string>): string {
  const lines = keyLog.split('\n').filter((line) => randoms.has(line.split(' ')[1] ?? ''));
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
