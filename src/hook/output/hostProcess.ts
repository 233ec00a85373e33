/** Whether the session's process is there. */
import { apply, killProcess } from '../runtime/builtins';

/** 0: its number means nothing here. */
export function isGone(host: number): boolean {
  if (host === 0) return false;
  try {
    apply(killProcess, process, [host, 0]);
    return false;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
