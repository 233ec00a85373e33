export function missingPackages(packages: readonly string[]): string[];
export function installDebian(packages: readonly string[], options?: { log?: (text: string) => void }): void;
