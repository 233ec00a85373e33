/**
 * Secrets that are known by their shape wherever they stand: tokens with a prefix of their issuer, JSON web tokens, private
 * keys, and those that only their place in a URL gives away. Work is linear: runs of token characters are found by steps of
 * the shortest token's length, each expression looks at a bounded piece. No imports: the hook bundles this file.
 */
import { masked } from './masked';

interface Shape {
  /** The first two characters. */
  heads: string;
  form: RegExp;
}

/** Tokens by what they begin with, each with the fewest characters that must follow. */
export const shapes: Readonly<Record<string, Shape>> = {
  github: { heads: 'gh gi', form: /gh[oprsu]_[A-Za-z0-9]{30}|github_pat_\w{20}/y },
  gitlab: { heads: 'gl', form: /gl(?:pat|ptt|rt|dt|ft|imt|agent|oas|soat|cbt|ffct|rtr)-[\w-]{18}/y },
  slack: { heads: 'xo xa', form: /xox[a-eoprs]-[\w-]{10}|xapp-\d-[\w-]{10}/y },
  npm: { heads: 'np', form: /npm_[A-Za-z0-9]{30}/y },
  aws: { heads: 'A3 AK AS AB AC', form: /(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/y },
  google: { heads: 'AI GO', form: /AIza[\w-]{30}|GOCSPX-[\w-]{20}/y },
  stripe: { heads: 'sk rk wh', form: /[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10}|whsec_[A-Za-z0-9]{20}/y },
  models: {
    heads: 'sk gs xa pp',
    form: /sk-(?:proj|svcacct|admin|ant|or)-[\w-]{16}|gsk_[A-Za-z0-9]{40}|xai-[A-Za-z0-9]{40}|pplx-[A-Za-z0-9]{40}/y,
  },
  secretKey: { heads: 'sk', form: /(?<![A-Za-z0-9])sk-[A-Za-z0-9]{20}/y },
  huggingFace: { heads: 'hf r8', form: /hf_[A-Za-z]{30}|r8_[A-Za-z0-9]{35}/y },
  pypi: { heads: 'py', form: /pypi-[\w-]{50}/y },
  digitalOcean: { heads: 'do', form: /do[opr]_v1_[a-f0-9]{40}/y },
  shopify: { heads: 'sh', form: /shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{30}/y },
  mailgun: { heads: 'ke', form: /(?<![A-Za-z0-9])key-[0-9a-f]{32}/y },
  twilio: { heads: 'SK', form: /(?<![A-Za-z0-9])SK[0-9a-f]{32}/y },
  atlassian: { heads: 'AT', form: /AT[AC]TT3[\w-]{40}/y },
  linear: { heads: 'li', form: /lin_(?:api|oauth)_[A-Za-z0-9]{30}/y },
  notion: { heads: 'nt se', form: /ntn_[A-Za-z0-9]{40}|(?<![A-Za-z0-9])secret_[A-Za-z0-9]{43}/y },
  figma: { heads: 'fi', form: /figd_[\w-]{30}/y },
  sentry: { heads: 'sn', form: /sntry[su]_[\w-]{20}/y },
  databricks: { heads: 'da', form: /(?<![A-Za-z0-9])dapi[0-9a-f]{32}/y },
  docker: { heads: 'dc', form: /dckr_[op]at_[\w-]{20}/y },
  grafana: { heads: 'gl', form: /gls[ac]_[A-Za-z0-9]{30}|glc_[A-Za-z0-9]{30}/y },
  planetScale: { heads: 'ps', form: /pscale_(?:tkn|pw|oauth)_[\w-]{30}/y },
  supabase: { heads: 'sb', form: /sb[ps]_[a-f0-9]{40}|sb_secret_[\w-]{20}/y },
  newRelic: { heads: 'NR', form: /NRAK-[A-Z0-9]{27}/y },
  rubyGems: { heads: 'ru', form: /rubygems_[a-f0-9]{40}/y },
  square: { heads: 'sq', form: /sq0(?:atp|csp)-[\w-]{20}/y },
  age: { heads: 'AG', form: /AGE-SECRET-KEY-1[A-Z0-9]{50}/y },
  alibaba: { heads: 'LT', form: /(?<![A-Za-z0-9])LTAI[A-Za-z0-9]{20}/y },
  facebook: { heads: 'EA', form: /(?<![A-Za-z0-9])EAA[A-Za-z0-9]{80}/y },
  postman: { heads: 'PM', form: /PMAK-[a-f0-9]{24}-[a-f0-9]{30}/y },
  netlify: { heads: 'nf', form: /nfp_[A-Za-z0-9]{36}/y },
};
/** The forms that may begin with two characters, by these. */
const byHead = new Map<number, RegExp[]>();
const isHead = new Uint8Array(128 * 128);
for (const { heads, form } of Object.values(shapes)) {
  for (const head of heads.split(' ')) {
    const key = head.charCodeAt(0) * 128 + head.charCodeAt(1);
    isHead[key] = 1;
    byHead.set(key, [...(byHead.get(key) ?? []), form]);
  }
}

interface Place {
  /** The characters that it ends with. */
  last: string;
  before: RegExp;
  least: number;
  /** Letters and digits alone: no UUID. */
  word?: true;
}

/** Tokens by what stands right before them, with the shortest length. */
export const places: Readonly<Record<string, Place>> = {
  telegram: { last: ':%', before: /(?<=\d{6,12}[:%])/y, least: 35 },
  slackHook: {
    last: '/',
    before:
      /(?<=\/(?:services|workflows|triggers)\/[TE][A-Z0-9]{6,12}\/(?:[AB][A-Z0-9]{6,12}\/(?:\d{10,20}\/)?|\d{10,20}\/))/y,
    least: 20,
    word: true,
  },
  discordHook: { last: '/', before: /(?<=\/webhooks\/\d{15,22}\/)/y, least: 60 },
  teamsHook: { last: '/', before: /(?<=\/IncomingWebhook\/)/iy, least: 32, word: true },
  provider: { last: '/', before: /(?<=\b(?:infura\.io\/(?:ws\/)?v3|alchemy\.com\/v2)\/)/y, least: 32, word: true },
  googleRefresh: { last: '/', before: /(?<=\b1\/\/)/y, least: 40 },
  google: { last: '.', before: /(?<=\bya29\.)/y, least: 20 },
  vault: { last: '.', before: /(?<=\bhv[brs]\.)/y, least: 20 },
  sendGrid: { last: '.', before: /(?<=\bSG\.)/y, least: 16 },
  terraform: { last: '.', before: /(?<=\.atlasv1\.)/y, least: 40 },
  doppler: { last: '.', before: /(?<=\bdp\.(?:pt|st|ct|sa|scim|audit)\.)/y, least: 32 },
};
const allPlaces = Object.values(places);

/** The shortest token; a run of fewer token characters is none. */
export const shortestToken = 16;

/** Letters, digits, `_` and `-`. */
const isInToken = new Uint8Array(128);
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-') isInToken[c.charCodeAt(0)] = 1;
export const inToken = (c: number): boolean => c < 128 && isInToken[c] === 1;

/** `isCut`: the text goes on behind its end, so that what may be the beginning of a token there is taken for one. */
export function maskShapes(text: string, isCut = false): string {
  return withoutTokens(text.includes('eyJ') ? withoutWebTokens(text, isCut) : text);
}

/** Whether there is a run of characters that is long enough for a token. */
export function hasLongRun(text: string): boolean {
  for (let at = shortestToken - 1; at < text.length; at += shortestToken) {
    if (!inToken(text.charCodeAt(at))) continue;
    let from = at;
    while (from > 0 && at - from < shortestToken && inToken(text.charCodeAt(from - 1))) from--;
    while (at + 1 < text.length && at + 1 - from < shortestToken && inToken(text.charCodeAt(at + 1))) at++;
    if (at + 1 - from >= shortestToken) return true;
  }
  return false;
}

function withoutTokens(text: string): string {
  let out = '';
  let copied = 0;
  for (let at = shortestToken - 1; at < text.length; at += shortestToken) {
    if (!inToken(text.charCodeAt(at))) continue;
    let from = at;
    while (from > copied && inToken(text.charCodeAt(from - 1))) from--;
    let to = at + 1;
    while (to < text.length && inToken(text.charCodeAt(to))) to++;
    at = to;
    if (to - from < shortestToken) continue;
    const begin = beginOf(text, from, to);
    if (begin < 0) continue;
    const end = pastDots(text, to);
    out += text.slice(copied, begin) + masked;
    copied = end;
    at = end;
  }
  return copied === 0 ? text : out + text.slice(copied);
}

/** Where in a run of token characters the secret begins; -1: there is none. */
function beginOf(text: string, from: number, to: number): number {
  for (let at = from; at + shortestToken <= to; at++) {
    const key = text.charCodeAt(at) * 128 + text.charCodeAt(at + 1);
    if (isHead[key] !== 1) continue;
    for (const form of byHead.get(key) as RegExp[]) {
      form.lastIndex = at;
      if (form.test(text)) return at;
    }
  }
  const last = text[from - 1];
  if (last === undefined || !':%/.'.includes(last)) return -1;
  const dash = text.indexOf('-', from);
  const isWord = dash < 0 || dash >= to;
  for (const { last: ends, before, least, word } of allPlaces) {
    if (to - from < least || (word && !isWord) || !ends.includes(last)) continue;
    before.lastIndex = from;
    if (before.test(text)) return from;
  }
  return -1;
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
