/** Who made the spans, and by which version of the conventions. */
import { version } from '../../../package.json';

export const scope = { name: 'nettrace', version } as const;
export const schemaUrl = 'https://opentelemetry.io/schemas/1.45.0';

/** W3C trace flags of spans that are not part of another tracer's trace: sampled. */
export const ownFlags = 1;
