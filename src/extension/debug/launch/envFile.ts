/**
 * The environment file of a launch configuration, read by the package that the JavaScript debugger reads it with: it
 * gives `env` precedence over the file, so our NODE_OPTIONS in `env` would hide the file's. We read it to merge the
 * two.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';

/** Variables of the file; none when there is no such file: the debugger does not mind either. */
export function readEnvFile(path: string): Record<string, string> {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
