/** Sockets of the hook itself: they are none of the program's, and its parts do not look at them. */
export const ours = { making: false };

/** Runs `f`; sockets made meanwhile are ours. */
export function unseen<T>(f: () => T): T {
  const before = ours.making;
  ours.making = true;
  try {
    return f();
  } finally {
    ours.making = before;
  }
}
