/** OpenTelemetry: what of a trace becomes which span. The document that a file holds is in `document.ts`. */
export { requestSpans } from './requestSpan';
export { resourceOf } from './resource';
export { ownFlags, schemaUrl, scope } from './scope';
export { attemptSpans, dialSpans, lookupSpans, tlsSpans } from './setupSpans';
export { viewOf } from './spans';
export type { Attributes, Span } from './types';
export type { View } from './view';
