/**
 * Secrets that are recognised by their form anywhere in a text: tokens with their issuer's prefix, JSON web tokens,
 * private keys, and those recognised only by their place in a URL. Work is linear: runs of token characters are found
 * by steps of the shortest token's length, each expression looks at a bounded piece. No imports: the hook bundles this
 * file.
 */
import { masked } from './masked';

interface Shape {
  /** The first three characters. One of each is no hexadecimal digit, and no dash. */
  heads: string;
  form: RegExp;
}

/** Tokens by what they begin with, each with the fewest characters that must follow. */
export const shapes: Readonly<Record<string, Shape>> = {
  github: { heads: 'gho ghp ghr ghs ghu git', form: /gh[oprsu]_[A-Za-z0-9]{30}|github_pat_\w{20}/y },
  gitlab: {
    heads: 'gla glc gld glf gli glo glp glr gls',
    form: /gl(?:pat|ptt|rt|dt|ft|imt|agent|oas|soat|cbt|ffct|rtr)-[\w-]{18}/y,
  },
  slack: { heads: 'xox xap', form: /xox[a-eoprs]-[\w-]{10}|xapp-\d-[\w-]{10}/y },
  npm: { heads: 'npm', form: /npm_[A-Za-z0-9]{30}/y },
  aws: { heads: 'A3T AKI ASI ABI ACC', form: /(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/y },
  google: { heads: 'AIz GOC', form: /AIza[\w-]{30}|GOCSPX-[\w-]{20}/y },
  stripe: { heads: 'sk_ rk_ whs', form: /[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10}|whsec_[A-Za-z0-9]{20}/y },
  models: {
    heads: 'sk- gsk xai ppl',
    form: /sk-(?:proj|svcacct|admin|ant|or)-[\w-]{16}|gsk_[A-Za-z0-9]{40}|xai-[A-Za-z0-9]{40}|pplx-[A-Za-z0-9]{40}/y,
  },
  secretKey: { heads: 'sk-', form: /(?<![A-Za-z0-9])sk-[A-Za-z0-9]{20}/y },
  huggingFace: { heads: 'hf_ r8_', form: /hf_[A-Za-z]{30}|r8_[A-Za-z0-9]{35}/y },
  pypi: { heads: 'pyp', form: /pypi-[\w-]{50}/y },
  digitalOcean: { heads: 'doo dop dor', form: /do[opr]_v1_[a-f0-9]{40}/y },
  shopify: { heads: 'shp', form: /shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{30}/y },
  mailgun: { heads: 'key', form: /(?<![A-Za-z0-9])key-[0-9a-f]{32}/y },
  twilio: {
    heads: 'SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd SKe SKf',
    form: /(?<![A-Za-z0-9])SK[0-9a-f]{32}/y,
  },
  atlassian: { heads: 'ATA ATC', form: /AT[AC]TT3[\w-]{40}/y },
  linear: { heads: 'lin', form: /lin_(?:api|oauth)_[A-Za-z0-9]{30}/y },
  notion: { heads: 'ntn sec', form: /ntn_[A-Za-z0-9]{40}|(?<![A-Za-z0-9])secret_[A-Za-z0-9]{43}/y },
  figma: { heads: 'fig', form: /figd_[\w-]{30}/y },
  sentry: { heads: 'snt', form: /sntry[su]_[\w-]{20}/y },
  databricks: { heads: 'dap', form: /(?<![A-Za-z0-9])dapi[0-9a-f]{32}/y },
  docker: { heads: 'dck', form: /dckr_[op]at_[\w-]{20}/y },
  grafana: { heads: 'gls glc', form: /gls[ac]_[A-Za-z0-9]{30}|glc_[A-Za-z0-9]{30}/y },
  planetScale: { heads: 'psc', form: /pscale_(?:tkn|pw|oauth)_[\w-]{30}/y },
  supabase: { heads: 'sbp sbs sb_', form: /sb[ps]_[a-f0-9]{40}|sb_secret_[\w-]{20}/y },
  newRelic: { heads: 'NRA', form: /NRAK-[A-Z0-9]{27}/y },
  rubyGems: { heads: 'rub', form: /rubygems_[a-f0-9]{40}/y },
  square: { heads: 'sq0', form: /sq0(?:atp|csp)-[\w-]{20}/y },
  age: { heads: 'AGE', form: /AGE-SECRET-KEY-1[A-Z0-9]{50}/y },
  alibaba: { heads: 'LTA', form: /(?<![A-Za-z0-9])LTAI[A-Za-z0-9]{20}/y },
  facebook: { heads: 'EAA', form: /(?<![A-Za-z0-9])EAA[A-Za-z0-9]{80}/y },
  postman: { heads: 'PMA', form: /PMAK-[a-f0-9]{24}-[a-f0-9]{30}/y },
  netlify: { heads: 'nfp', form: /nfp_[A-Za-z0-9]{36}/y },
};
interface Place {
  /** The last character of it, and those that may precede it. */
  last: string;
  prior: string;
  before: RegExp;
  min: number;
  /** Letters and digits alone: no UUID. */
  word?: true;
}

const digits = '0123456789';

/** Tokens recognised by the text right before them, with the shortest length. */
export const places: Readonly<Record<string, Place>> = {
  telegram: { last: ':%', prior: digits, before: /(?<=\d{6,12}[:%])/y, min: 35 },
  slackHook: {
    last: '/',
    prior: `${digits}ABCDEFGHIJKLMNOPQRSTUVWXYZ`,
    before:
      /(?<=\/(?:services|workflows|triggers)\/[TE][A-Z0-9]{6,12}\/(?:[AB][A-Z0-9]{6,12}\/(?:\d{10,20}\/)?|\d{10,20}\/))/y,
    min: 20,
    word: true,
  },
  discordHook: { last: '/', prior: digits, before: /(?<=\/webhooks\/\d{15,22}\/)/y, min: 60 },
  teamsHook: { last: '/', prior: 'kK', before: /(?<=\/IncomingWebhook\/)/iy, min: 32, word: true },
  provider: {
    last: '/',
    prior: '23',
    before: /(?<=\b(?:infura\.io\/(?:ws\/)?v3|alchemy\.com\/v2)\/)/y,
    min: 32,
    word: true,
  },
  googleRefresh: { last: '/', prior: '/', before: /(?<=\b1\/\/)/y, min: 40 },
  google: { last: '.', prior: '9', before: /(?<=\bya29\.)/y, min: 20 },
  vault: { last: '.', prior: 'brs', before: /(?<=\bhv[brs]\.)/y, min: 20 },
  sendGrid: { last: '.', prior: 'G', before: /(?<=\bSG\.)/y, min: 16 },
  terraform: { last: '.', prior: '1', before: /(?<=\.atlasv1\.)/y, min: 40 },
  doppler: { last: '.', prior: 'amt', before: /(?<=\bdp\.(?:pt|st|ct|sa|scim|audit)\.)/y, min: 32 },
};

/** What two characters may be: the first of a token, or the last before one. Most pairs are neither. */
const pairs = new Uint8Array(128 * 128);
const beginsToken = 1;
const endsPlace = 2;
const mark = (pair: number, sign: number): void => {
  pairs[pair] = (pairs[pair] ?? 0) | sign;
};
const pairOf = (text: string, at: number): number => text.charCodeAt(at) * 128 + text.charCodeAt(at + 1);
/** The forms that may begin with three characters, by these; the places by their last two. */
const formsBy = new Map<number, RegExp[]>();
const placesBy = new Map<number, Place[]>();
const add = <T>(map: Map<number, T[]>, key: number, one: T) => map.set(key, [...(map.get(key) ?? []), one]);

for (const { heads, form } of Object.values(shapes)) {
  for (const head of heads.split(' ')) {
    mark(pairOf(head, 0), beginsToken);
    add(formsBy, pairOf(head, 0) * 128 + head.charCodeAt(2), form);
  }
}
for (const place of Object.values(places)) {
  for (const prior of place.prior) {
    for (const last of place.last) {
      mark(pairOf(prior + last, 0), endsPlace);
      add(placesBy, pairOf(prior + last, 0), place);
    }
  }
}

/** The shortest token; a run of fewer token characters is none. */
export const shortestToken = 16;

/** Letters, digits, `_` and `-`. Those that are no hexadecimal digit, and no dash, have a sign of their own. */
const kinds = new Uint8Array(128);
const hexadecimal = 1;
const other = 2;
for (const c of '0123456789abcdef-') kinds[c.charCodeAt(0)] = hexadecimal;
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz_') kinds[c.charCodeAt(0)] = other;
/** 0: not a character of a token, or beyond the end. */
const kindAt = (text: string, at: number): number => kinds[text.charCodeAt(at)] ?? 0;
export const inToken = (c: number): boolean => c < 128 && kinds[c] !== 0;

/** `isCut`: the text goes on behind its end, so that what may be the beginning of a token there is taken for one. */
export function maskShapes(text: string, isCut = false): string {
  // The search for one character is a fast one, and mostly finds none.
  const mayHold = text.indexOf('J') >= 0 && text.includes('eyJ');
  return withoutTokens(mayHold ? withoutWebTokens(text, isCut) : text);
}

function withoutTokens(text: string): string {
  let out = '';
  let copied = 0;
  for (let at = shortestToken - 1; at < text.length; at += shortestToken) {
    let seen = kindAt(text, at);
    if (seen === 0) continue;
    let from = at;
    for (let kind = 0; from > copied; from--, seen |= kind) {
      kind = kindAt(text, from - 1);
      if (kind === 0) break;
    }
    let to = at + 1;
    for (let kind = 0; to < text.length; to++, seen |= kind) {
      kind = kindAt(text, to);
      if (kind === 0) break;
    }
    at = to;
    if (to - from < shortestToken) continue;
    // A UUID, a hash, a number is no token by what it begins with.
    let begin = seen === hexadecimal ? -1 : beginOf(text, from, to);
    if (begin < 0 && isPlaced(text, from, to)) begin = from;
    if (begin < 0) continue;
    const end = pastDots(text, to);
    out += text.slice(copied, begin) + masked;
    copied = end;
    at = end;
  }
  return copied === 0 ? text : out + text.slice(copied);
}

/** Where in a run of token characters one begins; -1: none does. */
function beginOf(text: string, from: number, to: number): number {
  for (let at = from; at + shortestToken <= to; at++) {
    const pair = pairOf(text, at);
    if (((pairs[pair] as number) & beginsToken) === 0) continue;
    for (const form of formsBy.get(pair * 128 + text.charCodeAt(at + 2)) ?? []) {
      form.lastIndex = at;
      if (form.test(text)) return at;
    }
  }
  return -1;
}

/** Whether the text before a run of token characters shows that it is a secret. */
function isPlaced(text: string, from: number, to: number): boolean {
  if (from < 2) return false;
  const pair = pairOf(text, from - 2);
  if (((pairs[pair] ?? 0) & endsPlace) === 0) return false;
  const dash = text.indexOf('-', from);
  const isWord = dash < 0 || dash >= to;
  for (const { before, min, word } of placesBy.get(pair) ?? []) {
    if (to - from < min || (word && !isWord)) continue;
    before.lastIndex = from;
    if (before.test(text)) return true;
  }
  return false;
}

/** Tokens of several parts with dots between: the parts behind belong to it. */
function pastDots(text: string, to: number): number {
  let end = to;
  while (text.charCodeAt(end) === 46 && inToken(text.charCodeAt(end + shortestToken))) {
    let next = end + 1;
    while (next < text.length && inToken(text.charCodeAt(next))) next++;
    if (next - end <= shortestToken) break;
    end = next;
  }
  return end;
}

/** `eyJ….….…`: a header and two more parts; more follow in one that is encrypted. */
function withoutWebTokens(text: string, isCut: boolean): string {
  let out = '';
  let copied = 0;
  for (let at = text.indexOf('eyJ'); at >= 0; ) {
    let end = at;
    let parts = 0;
    // Each part is walked over once: where one is too short, the search goes on behind it.
    for (;;) {
      const from = end;
      while (end < text.length && inToken(text.charCodeAt(end))) end++;
      const length = end - from;
      // The second of five is empty where a key is agreed on beforehand.
      if (length < 8 && (parts === 0 || (parts === 1 && length > 0))) break;
      parts++;
      if (text.charCodeAt(end) !== 46 || parts === 5) break;
      end++;
    }
    // A full stop behind it.
    if (parts > 3 && text.charCodeAt(end - 1) === 46) end--;
    if (parts >= 3 || (isCut && end === text.length && end - at >= 8)) {
      out += text.slice(copied, at) + masked;
      copied = end;
    }
    at = text.indexOf('eyJ', Math.max(end, at + 3));
  }
  return copied === 0 ? text : out + text.slice(copied);
}

/** Private keys in PEM, to their end or that of the text. */
export function maskKeys(text: string): string {
  if (!text.includes('-----BEGIN ')) return text;
  let out = '';
  let copied = 0;
  for (let at = text.indexOf('-----BEGIN '); at >= 0; ) {
    const head = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(text.slice(at, at + 80))?.[0];
    if (head === undefined) {
      at = text.indexOf('-----BEGIN ', at + 11);
      continue;
    }
    out += text.slice(copied, at + head.length) + masked;
    const end = text.indexOf('-----END ', at + head.length);
    copied = end < 0 ? text.length : end;
    at = end < 0 ? -1 : text.indexOf('-----BEGIN ', end);
  }
  return copied === 0 ? text : out + text.slice(copied);
}
