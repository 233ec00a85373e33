/** This process beside the traced program: it takes second place, and outlives faults of its own. */
import { constants, setPriority } from 'node:os';
import { messageOf } from '../../model/base/text';
import { complain } from '../terminal/say';

/** An internal error must not end nettrace while the program runs: the program's end and exit code would be missed. */
export function survive(): void {
  let said = false;
  const onFault = (error: unknown) => {
    if (!said) complain(`internal error; the trace may be incomplete: ${messageOf(error)}`);
    said = true;
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
}

/** The processor is the program's first: what we read can wait. */
export function stepBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not everywhere allowed; nothing depends on it.
  }
}

/** The program has ended, and somebody waits for the prompt. Only root may take a priority back. */
export function stepForward(): void {
  try {
    setPriority(constants.priority.PRIORITY_NORMAL);
  } catch {
    // Then it takes as long as the machine has others to serve.
  }
}
