let last = 0;
/** One counter an isolate, over all kinds of records. */
export const nextId = (): number => ++last;
