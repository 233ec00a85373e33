/** `diff --json`: docs/diff.schema.json describes it; fields are added, never renamed. */
import type { Change } from '../../analysis/compare/changes';
import type { Comparison } from '../../analysis/compare/comparison';

export const diffJson = (comparison: Comparison, changes: readonly Change[]): string =>
  `${JSON.stringify({ format: 'nettrace-diff', version: '1.0', ...comparison, changes }, undefined, 2)}\n`;
