/**
 * In a program that was attached to. The host may end, or let go of the program, without a word that reaches us: a debugger
 * that is gone evaluates nothing. So it is looked every second, by a timer that holds nothing, whether the session is
 * still there and wants us; the hook leaves if not.
 */

import { clearTimer, existsSync, setTimer } from './runtime/builtins';
import { isGone } from './runtime/hostProcess';
import { hasLeft, whenLeft } from './runtime/patches';
import type { Settings } from './runtime/settings';
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
