/**
 * What the part for requests does when the process ends; nothing before it is loaded. Where there is nothing to report it
 * iterates nothing: a program may have replaced what `for … of` calls, and ends with calls of ours among its own.
 */
export const ends = {
  /** First: it may stop the program at a breakpoint. */
  begin(): void {},
  /** What runs is reported as it is. */
  leave(): void {},
  /** Copies of bodies that are still made are given up. */
  leaveBodies(): void {},
};
