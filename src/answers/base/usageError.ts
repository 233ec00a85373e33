/** Asked for something that is not there, or in a way that is not understood: the message is for who asked. */
export class UsageError extends Error {}
