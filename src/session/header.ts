/**
 * The trace's own facts, known before the program starts: when and where it ran, under which settings, and which sources
 * of facts there are, so that a reader of the trace can distinguish "did not happen" from "was not recorded".
 */
import { readFileSync } from 'node:fs';
import * as os from 'node:os';
import type { Source } from '../model/records';
import { maskText } from '../model/secrets/mask';
import { type Header, newHeader } from '../model/store/store';
import { takeAnchor } from './anchor';
import { producer } from './product';
import type { HookSettings } from './program/environment';

/** Sources that only the native helper has. */
const helperSources = ['inetDiag', 'bpf', 'conntrack', 'capture', 'procfs', 'netlink'] as const;

export function sessionHeader(
  settings: Omit<HookSettings, 'enabled'>,
  requestLimit: number,
  description: string | undefined,
): Header {
  const header = newHeader(settings.trace, takeAnchor(), producer);
  const sources: Source[] = [
    // Until the first program says that the hook is there; a trace that ends without one keeps this.
    { name: 'hook', state: 'unavailable', reason: 'notLoaded' },
    { name: 'debugger', state: 'off', reason: 'notAsked' },
    ...helperSources.map((name): Source => ({ name, state: 'off', reason: 'notAsked' })),
    settings.dnsResolver ? { name: 'resolver', state: 'on' } : { name: 'resolver', state: 'off', reason: 'notAsked' },
  ];
  return {
    ...header,
    ...(description !== undefined ? { description: maskText(description, settings.maskedParameters) } : {}),
    host: hostFacts(),
    settings: {
      headerLevel: settings.headers,
      excludeHeaders: settings.excludeHeaders,
      maskedParameters: settings.maskedParameters,
      bodies: settings.bodies ? String(settings.bodies) : 'off',
      callSites: settings.callSites,
      socketOperations: settings.sockets,
      samplingModulus: 1,
      limits: { requests: requestLimit },
    },
    sources,
    traceRequests: [],
  };
}

function hostFacts(): NonNullable<Header['host']> {
  const facts = { os: os.platform(), arch: os.arch(), kernel: os.release() };
  try {
    return { ...facts, bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
  } catch {
    return facts; // only Linux has one
  }
}
