/** Sockets of the hook itself: they are none of the program's, and its parts do not look at them. */
export const ours = { making: false };

/** Runs `f`; sockets created in it are the hook's own. */
export function unseen<T>(f: () => T): T {
  const before = ours.making;
  ours.making = true;
  try {
    return f();
  } finally {
    ours.making = before;
  }
}
