export function chromiumPath(options?: { log?: (text: string) => void }): string;
