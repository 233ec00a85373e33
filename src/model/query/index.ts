/**
 * The query language: one parser and evaluator for filter, trace rules, breakpoints and command line
 * (docs/query.md). Imports nothing outside this folder, so that the hook can bundle it.
 */
export { compileQuery, type Fields } from './compile';
export { type Completion, completions } from './help/complete';
export { hintsFor } from './help/hints';
export { type FieldName, keys } from './keys';
export { parseQuery } from './parse';
export { printQuery } from './print';
export type { FreeWord, Query, QueryError } from './tree';
