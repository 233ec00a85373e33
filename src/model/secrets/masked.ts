/** Replaces a secret. */
export const masked = '***';
