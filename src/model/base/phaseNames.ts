/**
 * The phases of a request, in their order; in queries also `connect` = tcp and `body` = download. Apart from the record
 * schemas, because the hook bundles the keys of queries and must not bundle the schemas.
 */
export const phaseNames = ['queue', 'dns', 'tcp', 'proxy', 'tls', 'send', 'wait', 'download'] as const;
export type PhaseName = (typeof phaseNames)[number];
