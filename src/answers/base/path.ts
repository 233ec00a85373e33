import { fileURLToPath } from 'node:url';

/** Modules give their place as a URL, scripts as a path: a path is what other commands take. */
export function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file; // of another host, or changed by hand
  }
}
