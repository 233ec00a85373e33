/**
 * What helper and host say to each other (native/README.md). The helper is ours, but what it says is checked like any
 * other input: it may be another version, or not be it at all.
 */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import { checksOf } from '../model/base/checks';
import { kernelTotals } from '../model/records';

/** Version of the protocol that this host speaks. */
export const protocolVersion = 1;

const n = Type.Integer({ minimum: 0 });
const ns = Type.String({ pattern: '^[0-9]{1,20}$' });
const word = Type.String({ maxLength: 256 });
const name = Type.String({ pattern: '^[A-Za-z0-9]{1,48}$' });
const optional = Type.Optional;

const clock = Type.Object({ monotonicNs: ns, boottimeNs: ns, realtimeNs: ns, uncertaintyNs: optional(n) });
const feature = Type.Object({
  name,
  tier: n,
  state: Type.Union([Type.Literal('available'), Type.Literal('unavailable')]),
  errno: optional(n),
  error: optional(word),
  reason: optional(word),
});
const { at: _, final: __, by: ___, ...figures } = kernelTotals.properties;

/** Schemas by type. */
export const messageSchemas = {
  hello: Type.Object({
    protocol: n,
    version: word,
    pid: n,
    uid: n,
    kernel: word,
    machine: word,
    features: Type.Array(feature, { maxItems: 64 }),
    clock,
  }),
  clock: Type.Object({ clock }),
  watched: Type.Object({
    id: word,
    at: ns,
    found: Type.Boolean(),
    cookie: optional(ns),
    inode: optional(n),
    uid: optional(n),
  }),
  sample: Type.Object({
    id: word,
    at: ns,
    tookNs: optional(n),
    trigger: word,
    final: optional(Type.Boolean()),
    totals: Type.Object(figures),
  }),
  ended: Type.Object({ id: word, at: ns }),
  route: Type.Object({
    id: word,
    at: ns,
    interface: optional(word),
    index: n,
    mtu: optional(n),
    nextHop: optional(word),
    source: optional(word),
  }),
  counters: Type.Object({ beginAt: ns, at: ns, values: Type.Record(Type.String({ maxLength: 64 }), n) }),
  interfaces: Type.Object({
    beginAt: ns,
    at: ns,
    list: Type.Array(Type.Intersect([Type.Object({ name: word }), Type.Record(Type.String(), Type.Unknown())]), {
      maxItems: 256,
    }),
  }),
  lost: Type.Object({ feature: name, at: ns, lost: Type.Record(Type.String({ maxLength: 32 }), n) }),
  stats: Type.Object({ at: ns, watched: n, features: Type.Array(Type.Unknown(), { maxItems: 64 }) }),
  failed: Type.Object({ cmd: word, id: optional(word), errno: optional(n), reason: word }),
} as const;

export type MessageType = keyof typeof messageSchemas;
export type MessageOf<T extends MessageType> = { t: T } & Static<(typeof messageSchemas)[T]>;
export type Message = { [T in MessageType]: MessageOf<T> }[MessageType];
/** Of a feature that checks its own messages: its type says whose. */
export type OtherMessage = { t: string } & Record<string, unknown>;

const checks = checksOf(messageSchemas, 'message.');

const isType = (t: string): t is MessageType => Object.hasOwn(messageSchemas, t);

export type Parsed = { message: Message } | { other: OtherMessage } | { error: string };

/** Parses and validates the payload of a JSON frame. Never throws. */
export function parseMessage(payload: Buffer): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return { error: 'not JSON' };
  }
  const t = (value as { t?: unknown } | null)?.t;
  if (typeof value !== 'object' || typeof t !== 'string') return { error: 'a message without a type' };
  if (!isType(t)) return { other: value as OtherMessage };
  if (checks[t].passes(value)) return { message: value as Message };
  const first = checks[t].firstError(value);
  return { error: `${t}${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}` };
}

export interface End {
  address: string;
  port: number;
}

export type Command =
  | { cmd: 'watch'; id: string; protocol?: 'tcp' | 'udp'; local: End; remote?: End; pid?: number; bornNs?: string }
  | { cmd: 'unwatch'; id: string }
  | { cmd: 'sample'; id: string; trigger: string }
  | { cmd: 'configure'; intervalMs?: number; families?: (4 | 6)[]; modulus?: number }
  | { cmd: 'counters'; trigger: 'begin' | 'end' }
  | { cmd: 'stats' }
  | { cmd: 'clock' }
  /** Of other features. */
  | { cmd: 'capture' | 'captureStop' | 'captureFailed' | 'stop' | 'conntrack' | 'bpf'; [key: string]: unknown };
