/**
 * The environment file of a launch configuration, read as the JavaScript debugger reads it (the rules of `dotenv`): it
 * merges the file below `env`, so a NODE_OPTIONS of ours in `env` would hide the file's. We read it to merge the two.
 */
import { readFileSync } from 'node:fs';

const line =
  /^[^\S\n]*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;

/** Variables of a dotenv text. The last of two with one name wins, as in dotenv. */
export function parseEnvFile(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const match of text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .matchAll(line)) {
    const raw = (match[2] ?? '').trim();
    const quote = raw[0];
    let value = raw.replace(/^(['"`])([\s\S]*)\1$/, '$2');
    if (quote === '"') value = value.replace(/\\n/g, '\n').replace(/\\r/g, '\r');
    out[match[1] as string] = value;
  }
  return out;
}

/** Variables of the file; none when there is no such file: the debugger does not mind either. */
export function readEnvFile(path: string): Record<string, string> {
  try {
    return parseEnvFile(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
