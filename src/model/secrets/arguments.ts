/** Secrets of a command line. No imports but its neighbours: the hook bundles this file. */
import { maskText } from './mask';
import { masked } from './masked';
import { isSecretHeader, isSecretName } from './names';
import { maskCommand, passwordsAmong } from './passwordOptions';

const option = /^--?[\w-]+$/;
/** Options of curl and its like that take user and password, or a header. */
const userOption = /^(?:-u|-U|--user|--proxy-user|--auth|-a)$/;
const headerOption = /^(?:-H|--header|--headers)$/;

/**
 * Command line arguments with their secrets masked: `--token=x`, `--token x`, `-u user:x`, `-px`, `mysql -p x`,
 * `-H 'x-api-key: x'`, `DB_PASSWORD=x`, and URLs in any of them. The value after a secret option is masked unless it looks like an option itself.
 */
export function maskArguments(argv: readonly string[], extra?: readonly string[]): string[] {
  const passwords = passwordsAmong(argv);
  return argv.map((arg, i) => (passwords.has(i) ? masked : argumentMasked(arg, argv[i - 1], extra)));
}

function argumentMasked(arg: string, before: string | undefined, extra: readonly string[] | undefined): string {
  if (before !== undefined && option.test(before) && !arg.startsWith('-')) {
    if (headerOption.test(before)) return headerMasked(arg, extra);
    if (userOption.test(before)) return userMasked(arg, extra);
    if (isSecretName(before.replace(/^--?/, ''), extra)) return masked;
  }
  const assigned = /^(--?[\w-]{1,128}|[A-Za-z_][\w.]{0,127})=/.exec(arg)?.[1];
  if (assigned !== undefined) {
    const head = arg.slice(0, assigned.length + 1);
    const value = arg.slice(assigned.length + 1);
    if (headerOption.test(assigned)) return head + headerMasked(value, extra);
    if (userOption.test(assigned)) return head + userMasked(value, extra);
    const isVariable = !assigned.startsWith('-');
    if (
      value !== '' &&
      isSecretName(assigned.replace(/^--?/, ''), extra) &&
      !(isVariable && /^(?:key|code)$/i.test(assigned))
    )
      return head + masked;
  }
  if (/^-H./.test(arg)) return `-H${headerMasked(arg.slice(2), extra)}`;
  if (/^-[uU]./.test(arg)) return arg.slice(0, 2) + userMasked(arg.slice(2), extra);
  return attachedPassword(arg) ?? maskText(maskCommand(arg), extra);
}

/** `user:password`; not `user`, two numbers (`-u 1000:1000`), or a URL. */
function userMasked(value: string, extra: readonly string[] | undefined): string {
  const isPair = value.includes(':') && !value.includes('://') && !/^\d{1,10}:\d{1,10}$/.test(value);
  return isPair ? masked : maskText(value, extra);
}

function headerMasked(header: string, extra: readonly string[] | undefined): string {
  const colon = header.indexOf(':');
  const name = header.slice(0, Math.max(0, colon)).trim();
  if (colon < 0 || !isSecretHeader(name, extra)) return maskText(header, extra);
  const space = header[colon + 1] === ' ' ? ' ' : '';
  return `${header.slice(0, colon + 1)}${space}${masked}`;
}

/** What else begins with `-p` and is written in one word. */
const words =
  /^-p(?:$|[\d:=-]|e$|ie?$|a(?:th|ck|ge|ram|rallel|ssive)|er[lm]|id|in?g|ipe|l(?:ain|ugin|atform)|o(?:rt|licy|ll|st)|r(?:e|int|o|une|ivate)|retty|ublic|ush|ull|ython)/i;

/** `-psecret`, as the clients of databases take it. */
const attachedPassword = (arg: string): string | undefined =>
  /^-p[^-]/.test(arg) && !words.test(arg) ? `-p${masked}` : undefined;
