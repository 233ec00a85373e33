/**
 * Which names are those of secrets: one notion for parameters of a query, fields of a body, headers, options and variables
 * of a command line. Names are compared in lower case without separators, so `access_token`, `Access-Token` and
 * `accessToken` are one. No imports: the hook bundles this file.
 */

/** Names that are secret as a whole; with more in front of them they mean other things (`primary_key`, `zip_code`). */
const whole = new Set([
  ...['key', 'code', 'session', 'sid', 'sig', 'assertion', 'pin', 'bearer', 'hmac', 'oauthverifier', 'dpop', 'saml'],
  ...['connectsid', 'cookie', 'setcookie', 'samlart', 'accesscode', 'authcode'],
]);

/** Last words that are secret (`DB_PASS`, `dbPass`, `X-Auth`), where the letters alone are not (`bypass`, `compass`). */
const lastWords = new Set(['pass', 'pw', 'psw', 'jwt', 'otp', 'totp', 'auth', 'cred', 'creds', 'sig', 'pat']);

/** Endings that make every name secret: `github_token`, `db-password`, `X-Vault-Token`, `user[password]`. */
const endings = [
  ...['token', 'secret', 'password', 'passwd', 'passphrase', 'passcode', 'signature', 'credential', 'authorization'],
  ...['apikey', 'accesskey', 'secretkey', 'privatekey', 'authkey', 'signingkey', 'encryptionkey', 'sharedkey'],
  ...['sessionkey', 'masterkey', 'subscriptionkey', 'functionskey', 'accountkey', 'securitykey', 'deploykey'],
  ...['writekey', 'adminkey', 'servicekey', 'serverkey', 'sshkey', 'sessionid', 'sessid', 'codeverifier', 'devicecode'],
  ...['verificationcode', 'recoverycode', 'backupcode', 'resetcode', 'onetimecode', 'samlresponse', 'samlrequest'],
  ...['clientassertion', 'connectionstring', 'authtok', 'csrf', 'xsrf', 'pwd'],
];
const byEnd = new Map<string, string[]>();
for (const ending of endings) byEnd.set(ending.slice(-3), [...(byEnd.get(ending.slice(-3)) ?? []), ending]);

/** What may follow without changing what the value is: `password_confirmation`, `token_hash`, `secretValue`. */
const qualifier = /(?:confirmation|confirm|again|repeat|value|hash|base64|b64|text|encrypted|old|new|current)$/;

/** Headers whose values are never recorded, at whatever level: only their length. Others are known by their names' endings. */
export const secretHeaders: readonly string[] = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-amz-security-token',
];

/** Too common in answers to be taken for secrets there. */
const harmless = new Set(['code', 'key', 'keys', 'codes']);

/** What a name says of its value. A plural may count things: `max_tokens=100`, `tokens: 3`. */
export type Secrecy = 'no' | 'one' | 'several';

/** Longer names are compared by their end. */
const longestName = 128;
const separators = /[^a-z0-9]/g;

/**
 * `extra` are names the user added. `inText`: in bodies and free text, where a field `code` or `key` mostly is none, and
 * in a query is.
 */
export function secrecyOf(name: string, extra?: readonly string[], inText = false): Secrecy {
  const given = decoded(name.length > longestName ? name.slice(-longestName) : name);
  const isOneWord = isLower(given);
  const lower = isOneWord ? given : given.toLowerCase();
  const plain = isOneWord ? given : lower.replace(separators, '');
  if (extra !== undefined && isAdded(plain, extra)) return 'one';
  if (inText && harmless.has(lower)) return 'no';
  if (whole.has(plain)) return 'one';
  const last = isOneWord ? plain : lastWord(given);
  if (lastWords.has(last)) return 'one';
  const bare = withoutDigits(plain);
  if (endsSecret(bare)) return 'one';
  if (plain.charCodeAt(0) === 120 && whole.has(plain.slice(1))) return 'one';
  // Brackets hold the name of the field: `user[pin]`, `items[0][sid]`.
  if (!isOneWord && given.endsWith(']') && whole.has(last) && !harmless.has(last)) return 'one';
  if (bare.length < 6) return 'no';
  if (bare.endsWith('s') && endsSecret(bare.slice(0, -1))) return 'several';
  const unqualified = bare.replace(qualifier, '');
  return unqualified !== bare && (endsSecret(unqualified) || lastWords.has(unqualified)) ? 'one' : 'no';
}

/** Lower-case letters alone, as most names. */
function isLower(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if (c < 97 || c > 122) return false;
  }
  return true;
}

export const isSecretName = (name: string, extra?: readonly string[]): boolean => secrecyOf(name, extra) !== 'no';

/** Whether the value of a header of this name is a secret. */
export const isSecretHeader = (name: string, extra?: readonly string[]): boolean => {
  const lower = name.toLowerCase();
  return secretHeaders.includes(lower) || (lower !== 'www-authenticate' && secrecyOf(lower, extra) === 'one');
};

/** A number, or a duration, which under a plural name is no secret. */
export const isCount = (value: string): boolean => /^\d{1,9}(?:\.\d{1,9})?[a-z]{0,2}(?:\d{1,4}m?s)?$/.test(value);

function endsSecret(plain: string): boolean {
  const list = plain.length < 3 ? undefined : byEnd.get(plain.slice(-3));
  if (list !== undefined) for (const ending of list) if (plain.endsWith(ending)) return true;
  return false;
}

const isAdded = (plain: string, extra: readonly string[]): boolean =>
  extra.some((one) => one.toLowerCase().replace(separators, '') === plain);

function withoutDigits(plain: string): string {
  let end = plain.length;
  while (end > 0 && plain.charCodeAt(end - 1) <= 57) end--;
  return end === plain.length ? plain : plain.slice(0, end);
}

/** `DB_PASS` → `pass`, `dbPass` → `pass`, `a[pass]` → `pass`, `bypass` → `bypass`. */
function lastWord(name: string): string {
  let end = name.length;
  while (end > 0 && !isLetter(name.charCodeAt(end - 1))) end--;
  let from = end;
  while (from > 0 && isLetter(name.charCodeAt(from - 1))) {
    from--;
    const begins = isUpper(name.charCodeAt(from));
    if (begins && from > 0 && !isUpper(name.charCodeAt(from - 1))) break;
  }
  return name.slice(from, end).toLowerCase();
}

const isUpper = (c: number): boolean => c >= 65 && c <= 90;
const isLetter = (c: number): boolean => isUpper(c) || (c >= 97 && c <= 122);

/** Percent signs of ASCII undone; what is not well-formed stays as it is. */
export function decoded(text: string): string {
  return text.includes('%')
    ? text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
}
