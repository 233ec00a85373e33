let last = 0;
/** One counter an isolate, over all kinds of records. */
export const nextId = (): number => ++last;

/** Records up to this id began before tracing stopped: nothing more is reported of them, also if it goes on later. */
export const past = { id: 0 };
export const passAll = (): void => {
  past.id = last;
};
