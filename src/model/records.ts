/**
 * The records of a trace, schema first: types, validators and the published JSON Schema come from here.
 * Law: unknown is absent, never 0, never negative, never clamped; every optional field says when it is absent.
 */
export * from './records/analysis';
export * from './records/capture';
export * from './records/common';
export * from './records/connection';
export * from './records/conntrack';
export * from './records/content';
export * from './records/dns';
export * from './records/kernel';
export * from './records/kernelEvent';
export * from './records/operation';
export * from './records/process';
export * from './records/request';
export * from './records/tls';
export * from './records/trace';
