/** A process that did not load the hook, in one line: which, why, what to do. */
import { commandOf, type Untraced, untracedText } from '../../model/facts/untraced';
import { printable, shortened } from '../terminal/say';

export const untracedLine = (one: Untraced): string => untracedText(one, shortened(printable(commandOf(one)), 100));
