export function chromiumPath(options?: { log?: (text: string) => void }): string;

/** How the tests start it. */
export const chromiumArguments: string[];
