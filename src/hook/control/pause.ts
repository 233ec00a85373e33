/**
 * The stop itself. V8 ignores `debugger;` in a file that the debugger skips, and stepping must skip the hook. So the
 * statement is in a separate script next to the hook, which the debugger does not skip.
 */

import { join } from 'node:path';
import { nodeModule } from '../runtime/builtins';
import { leaveOutOwn } from '../runtime/ownCost';
import type { HookFace } from '../runtime/settings';

let halt: (() => void) | undefined;

/** Made when the first breakpoint is set, so that the debugger knows the script by the time it is needed. */
export function prepareHalt(): void {
  if (halt !== undefined) return;
  const vm = nodeModule('node:vm') as typeof import('node:vm');
  halt = vm.runInThisContext('(function networkBreakpoint() { debugger; })', {
    filename: join(__dirname, 'networkBreakpoint.cjs'),
  }) as () => void;
}

/** Returns when the program goes on; at once where no debugger is attached. Meanwhile `stopped` of the face is `record`. */
export function halted(record: object): void {
  const face = (globalThis as Record<symbol, unknown>)[Symbol.for('nettrace.hook')] as HookFace | undefined;
  try {
    if (face) face.stopped = record;
    halt?.();
  } finally {
    delete face?.stopped;
    leaveOutOwn();
  }
}
