/** What is asked for, as two flags: all that the hot paths read. Set by the selection of requests. */

/** What is asked for now. */
export const matching = {
  /** One or more ask for everything, without limit or sampling, and no other: nothing is to be decided. */
  plain: true,
  /** What is no request (sockets of the program's own, its lookups) is reported, too. */
  everything: true,
};
