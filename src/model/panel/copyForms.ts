/** Forms of a request for the clipboard that the host makes, as it has all that was recorded. */
export const copyForms = ['curl', 'curlCmd', 'powerShell', 'fetch', 'nodeHttp', 'har'] as const;
export type CopyForm = (typeof copyForms)[number];

/** Requests that are copied at once. */
export const maxCopied = 1000;
