/**
 * In a program that was attached to, the host may end or detach without notice: a debugger that is gone evaluates nothing.
 * So the hook polls once a second, by a timer that does not keep the program alive, whether the session still exists and
 * still wants this program; if not, it uninstalls itself.
 */

import { isGone } from './output/hostProcess';
import { clearTimer, existsSync, setTimer } from './runtime/builtins';
import { hasLeft, whenLeft } from './runtime/patches';
import type { Settings } from './runtime/settings';
import { uninstall } from './uninstall';

const restMs = 1000;
/** The session puts this file into its folder when it lets go of its programs. */
const leaveFile = 'leave';

export function watchHost({ spool, attachedBy }: Settings): void {
  if (attachedBy === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const poll = (): void => {
    if (hasLeft()) return;
    if (!existsSync(spool) || existsSync(`${spool}/${leaveFile}`) || isGone(attachedBy)) uninstall();
    else rest();
  };
  const rest = (): void => {
    timer = setTimer(poll, restMs);
    timer.unref();
  };
  whenLeft(() => clearTimer(timer));
  rest();
}
