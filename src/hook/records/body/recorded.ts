/**
 * Bodies, only when asked for: the first bytes of each that is of a wanted type, kept until the request ends and written
 * then, decoded and with its secrets masked. They never leave the program unmasked: what cannot be decoded has no text.
 */

import { cutText } from '../../output/json';
import { push } from '../../output/queue';
import { beginWork, endWork } from '../../runtime/budget';
import { stringify } from '../../runtime/builtins';
import { fault, guarded, parts } from '../../runtime/guard';
import type { RequestRecord } from '../request';
import { Body, type Side } from './body';
import { decoded, setUpDecoding } from './decode';
import { maskedBody } from './mask';

export const bodies = { on: false };
let cap = 0;
let types: readonly string[] = [];
/** Bytes that are looked through beyond those that are shown, so that a secret at the end is known as one. */
const ahead = 4096;
const usual =
  /^(text\/|multipart\/form-data|application\/(([\w.-]+\+)?(json|xml)|x-www-form-urlencoded|javascript|x-ndjson|graphql)\b)/;
const max = 4 * 1024 * 1024;
/** Of all bodies that are being kept. */
const maxTogether = 32 * 1024 * 1024;
let together = 0;
const pending = new Set<RequestRecord>();

export function setUpBodies(bytes: number, wanted: readonly string[]): void {
  bodies.on = bytes > 0;
  cap = Math.min(bytes, max);
  types = wanted.map((type) => type.toLowerCase());
  if (bodies.on) setUpDecoding();
}

const part = parts.bodies;

/** A piece of a body as it was given, or came. */
export const keepBody = guarded(part, 'bodies.keep', (r: RequestRecord, side: Side, piece: unknown) => {
  r.bodies ??= {};
  let body = r.bodies[side];
  if (body === undefined) {
    body = begin(r, side);
    r.bodies[side] = body;
  }
  if (body === null) return;
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
  if (!(bytes instanceof Uint8Array)) return;
  body.bytes += bytes.byteLength;
  const room = Math.min(cap + ahead - body.kept, maxTogether - together, bytes.byteLength);
  if (room <= 0) return;
  // The program may use its buffer again.
  body.pieces.push(Buffer.from(bytes.subarray(0, room)));
  body.kept += room;
  together += room;
  pending.add(r);
});

function begin(r: RequestRecord, side: Side): Body | null {
  const list = r.headerList(side) ?? [];
  let type = '';
  let coding = '';
  for (let i = 0; i + 1 < list.length; i += 2) {
    const name = (list[i] as string).toLowerCase();
    if (name === 'content-type') type = (list[i + 1] as string).trim().toLowerCase();
    else if (name === 'content-encoding') coding = (list[i + 1] as string).trim().toLowerCase();
  }
  const wanted = types.length === 0 ? usual.test(type) : types.some((t) => /^\*/.test(t) || type.startsWith(t));
  return wanted ? new Body(side, type, coding) : null;
}

/** The request is not reported after all: what was kept goes. */
export function dropBodies(r: RequestRecord): void {
  const { bodies: kept } = r;
  if (kept === undefined) return;
  r.bodies = undefined;
  pending.delete(r);
  for (const body of [kept.request, kept.response]) if (body) together -= body.kept;
}

/** The lines of a request that has ended. */
export const bodyLines = guarded(part, 'bodies.lines', (r: RequestRecord): string => {
  const { bodies: kept } = r;
  if (kept === undefined) return '';
  r.bodies = undefined;
  pending.delete(r);
  let s = '';
  for (const body of [kept.request, kept.response]) {
    if (!body) continue;
    together -= body.kept;
    if (!part.on) continue;
    const begin = beginWork();
    try {
      s += linesOf(r.id, body);
      endWork(part, begin);
    } catch (e) {
      fault(part, e);
    }
  }
  if (!part.on) for (const other of pending) dropBodies(other);
  return s;
});

/** The process ends: what was kept of requests that still run. */
export const leaveBodies = guarded(part, 'bodies.leave', (): void => {
  if (pending.size === 0) return;
  for (const r of pending) if (r.hold === undefined) push({ lines: () => bodyLines(r) ?? '' });
});

interface Content {
  text?: string;
  encoding?: 'base64';
  truncated?: true;
  omitted?: string;
}

function linesOf(id: number, body: Body): string {
  const { text = '', ...content } = contentOf(body);
  const about = {
    bytes: body.bytes,
    ...(body.type === '' ? {} : { contentType: cutText(body.type, 128) }),
    ...(body.coding === '' ? {} : { contentEncoding: cutText(body.coding, 64) }),
    ...content,
  };
  const texts = cutUp(text);
  const lines = texts.map((piece, i) => {
    const start = `{"k":"body","id":${id},"side":"${body.side}","part":${i + 1},"of":${texts.length},"text":${stringify(piece)}`;
    return `${start}${i === 0 ? `,"about":${stringify(about)}` : ''}}\n`;
  });
  return lines.join('');
}

function contentOf(body: Body): Content {
  const { type, coding } = body;
  const cut = body.kept < body.bytes;
  const whole = decoded(Buffer.concat(body.pieces), coding, cap);
  if (typeof whole === 'string') return { omitted: whole };
  const isLong = whole.length > cap + ahead;
  const raw = isLong ? whole.subarray(0, cap + ahead) : whole;
  const text = textOf(raw, type, cut || isLong);
  if (text === undefined && type.startsWith('multipart/')) return { omitted: 'notText' };
  if (text === undefined)
    return {
      text: raw.toString('base64', 0, cap),
      encoding: 'base64',
      ...(cut || raw.length > cap ? { truncated: true } : {}),
    };
  const shown = cutText(maskedBody(text, type, cap, cut || isLong), cap);
  return { text: shown, ...(cut || raw.length > cap ? { truncated: true } : {}) };
}

/** Undefined: no text. What was cut may end inside a character. */
function textOf(raw: Buffer, type: string, cut: boolean): string | undefined {
  if (/charset="?(iso-8859-1|latin1|us-ascii)/.test(type)) return raw.toString('latin1');
  for (let less = 0; less <= (cut ? 3 : 0) && less <= raw.length; less++) {
    const text = raw.toString('utf8', 0, raw.length - less);
    if (!text.includes('\ufffd')) return text;
  }
  return undefined;
}

/** Texts of which each, as JSON, leaves room in a line. */
function cutUp(text: string): string[] {
  const list: string[] = [];
  let at = 0;
  do {
    let size = Math.min(3400, text.length - at);
    while (Buffer.byteLength(stringify(text.slice(at, at + size))) > 3500) size = Math.floor(size / 2);
    // Not between the halves of a character.
    const last = text.charCodeAt(at + size - 1);
    if (size > 1 && last >= 0xd800 && last < 0xdc00) size--;
    list.push(text.slice(at, at + size));
    at += size;
  } while (at < text.length);
  return list;
}
