/** Whether a lookup failed in a function of the program's own, given as `lookup`: then no name server is at fault. */
import type { ErrorInfo, Lookup } from '../../model/records';

/** A function that asks Node's own resolver passes its error on: of getaddrinfo, or of a query as `queryA`. */
const isResolvers = (error: ErrorInfo | undefined): boolean => /^(getaddrinfo|query)/.test(error?.syscall ?? '');

export const isOwnLookupError = (lookup: Lookup | undefined, error: ErrorInfo | undefined): boolean =>
  lookup?.call === 'custom' && !isResolvers(error) && !isResolvers(lookup.error);
