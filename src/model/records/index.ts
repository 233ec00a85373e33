/**
 * The records of a trace, schema first: types, validators and the published JSON Schema come from here.
 * Law: unknown is absent, never 0, never negative, never clamped; every optional field says when it is absent.
 */
export * from './analysis';
export * from './capture';
export * from './common';
export * from './connection';
export * from './conntrack';
export * from './content';
export * from './dns';
export * from './kernel';
export * from './kernelEvent';
export * from './operation';
export * from './process';
export * from './request';
export * from './tls';
export * from './trace';
export * from './tracer';
