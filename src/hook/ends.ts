/** What the part for requests does when the process ends; nothing before it is loaded. */
export const ends = {
  /** First: it may stop the program at a breakpoint. */
  begin(): void {},
  /** What runs is reported as it is. */
  leave(): void {},
  /** Copies of bodies that are still made are given up. */
  leaveBodies(): void {},
};
