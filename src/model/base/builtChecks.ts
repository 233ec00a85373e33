/**
 * Checks that the build makes from their schemas: `scripts/checks.mjs` says which, and fills this table in the bundles.
 * Empty where the sources run as they are.
 */
export const builtChecks: Readonly<Record<string, () => (value: unknown) => boolean>> = {};
