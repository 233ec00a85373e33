/** What the trace says of its capture: the record, the source, and what was lost. */

import type { CaptureEngine, StartedCapture } from '../../helper/capture/engine';
import type { PacketStatistics } from '../../model/facts/packets';
import { defaultOf } from '../../model/options/table';
import type { Capture, Loss } from '../../model/records';
import type { CaptureSettings } from './captureSettings';
import { type Keeper, linkTypeName } from './keeper';

export const defaults = { limit: defaultOf('captureLimit'), snaplen: defaultOf('captureSnapLength') };
/** Id of the one capture of a session. */
export const captureId = 'cap-1';

export interface CaptureFacts {
  engine: CaptureEngine;
  capture: StartedCapture;
  settings: CaptureSettings;
  keeper: Keeper;
  /** Counted by the engine; absent until it has ended. */
  statistics: readonly PacketStatistics[] | undefined;
  /** µs since the trace began. */
  beginAt: number;
  endAt: number | undefined;
  /** TLS secrets are kept too. */
  keys: boolean;
}

export function captureRecord(facts: CaptureFacts): Capture {
  const { engine, capture, settings, keeper, statistics, beginAt, endAt, keys } = facts;
  const of = (i: number) => statistics?.find((s) => s.interface === i);
  const dropped = droppedOf(statistics);
  return {
    id: captureId,
    engine: engine.name,
    interfaces: capture.interfaces.map((x, i) => ({
      name: x.name,
      linkType: linkTypeName(x.linkType),
      ...(of(i)?.received === undefined ? {} : { received: of(i)?.received as number }),
      ...(of(i)?.dropped === undefined ? {} : { dropped: of(i)?.dropped as number }),
    })),
    filter: capture.filter,
    snaplen: settings.snaplen ?? defaults.snaplen,
    limit: settings.limit ?? defaults.limit,
    ...(settings.headersOnly ? { headersOnly: true } : {}),
    beginAt,
    ...(endAt === undefined ? {} : { endAt }),
    packets: keeper.kept.length,
    bytes: keeper.bytes,
    ...(dropped === undefined ? {} : { dropped }),
    timestamps: engine.timestamps,
    truncated: keeper.beyond > 0,
    hasKeys: keys,
    lacks: [...engine.lacks],
  };
}

/** Of all interfaces; undefined where the engine does not report it of each. */
function droppedOf(statistics: readonly PacketStatistics[] | undefined): number | undefined {
  if (!statistics?.length) return undefined;
  let sum = 0;
  for (const { dropped } of statistics) {
    if (dropped === undefined) return undefined;
    sum += dropped;
  }
  return sum;
}

/** `overflowed`: packets that had to go while they waited. `fromAt`: when the limit was reached. */
export function captureLosses(
  facts: { dropped: number; discarded: number; beyond: number; full: 'disk' | undefined; overflowed: number },
  fromAt: number | undefined,
): Loss[] {
  const { dropped, discarded, beyond, full, overflowed } = facts;
  const packets = { source: 'capture', what: 'packets' } as const;
  const out: Loss[] = [];
  if (dropped > 0) {
    const reason = 'the capture did not keep up; they may have been other programs’';
    out.push({ ...packets, kind: 'dropped', count: dropped, reason });
  }
  if (discarded > 0) {
    const reason = 'they were not taken from the engine fast enough; they may have been other programs’';
    out.push({ ...packets, kind: 'overflow', count: discarded, reason });
  }
  if (beyond > 0) {
    const at = fromAt === undefined ? {} : { beginAt: fromAt };
    const reason = full === 'disk' ? 'no space is left on the disk' : 'the capture limit was reached';
    out.push({ ...packets, kind: 'truncated', count: beyond, ...at, reason });
  }
  if (overflowed > 0) {
    const reason = 'too many packets of other programs: some may have been this one’s';
    out.push({ ...packets, kind: 'overflow', count: overflowed, reason });
  }
  return out;
}

export function featuresOf(engine: CaptureEngine, settings: CaptureSettings): string[] {
  return [
    engine.name,
    'tcp',
    'udp',
    'dns',
    ...(settings.icmp ? ['icmp'] : []),
    ...(settings.arp ? ['arp'] : []),
    ...(settings.headersOnly ? ['headersOnly'] : []),
  ];
}
