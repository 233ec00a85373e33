/**
 * In a program that was attached to. The host may end, or let go of the program, without a word that reaches us: a debugger
 * that is gone evaluates nothing. So it is looked every second, by a timer that holds nothing, whether the session is
 * still there and wants us; the hook leaves if not.
 */
import { apply, clearTimer, existsSync, killProcess, setTimer } from './builtins';
import type { Settings } from './environment';
import { hasLeft, whenLeft } from './patches';
import { uninstall } from './uninstall';

const restMs = 1000;
/** The session puts this file into its folder when it lets go of its programs. */
const leaveFile = 'leave';

export function beGuest({ spool, guest }: Settings): void {
  if (guest === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (hasLeft()) return;
    if (!existsSync(spool) || existsSync(`${spool}/${leaveFile}`) || isGone(guest)) uninstall();
    else rest();
  };
  const rest = (): void => {
    timer = setTimer(look, restMs);
    timer.unref();
  };
  whenLeft(() => clearTimer(timer));
  rest();
}

/** 0: its number means nothing here. */
function isGone(host: number): boolean {
  if (host === 0) return false;
  try {
    apply(killProcess, process, [host, 0]);
    return false;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
