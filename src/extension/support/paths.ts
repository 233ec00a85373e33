import { fileURLToPath } from 'node:url';

/** Path on disk of a recorded file name; undefined: it names no file (`node:internal/…`, `evalmachine.<anonymous>`). */
export function pathOf(file: string): string | undefined {
  if (file.startsWith('file:')) {
    try {
      return fileURLToPath(file);
    } catch {
      return undefined;
    }
  }
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(file) ? file : undefined;
}
