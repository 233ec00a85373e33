/** Questions to the present stack, or to one that no record holds; rare ones that nothing else answers. */
import { framesHere, framesOf, programsPrepare } from './prepareStackTrace';
import { placeOf, userFrame } from './stack';

/** The program's frame of a stack that no record holds. */
export function placeOfError(e: Error): { file: string; line: number; column: number; function?: string } | undefined {
  try {
    const { frame } = userFrame(framesOf(e));
    if (frame === undefined) return undefined;
    const { file, line, column, fn } = placeOf(frame, programsPrepare());
    return fn === '' ? { file, line, column } : { file, line, column, function: fn };
  } catch {
    return undefined;
  }
}

/** Whether a function of this name is among the ten that lead here; for rare questions that nothing else answers. */
export const calledBy = (name: string): boolean => framesHere(11).some((f) => f.getFunctionName() === name);

/** Whether a method of such a class is on the stack: who made a CONNECT of undici. Asked once a connection. */
export const calledByClass = (name: RegExp): boolean => framesHere(81).some((f) => name.test(f.getTypeName() ?? ''));
