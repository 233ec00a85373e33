import type { PhaseName } from '../../model/records';

/** The phases in order, with the two words of a table's head. */
export const phaseWords: readonly (readonly [PhaseName, string, string])[] = [
  ['queue', '', 'queue'],
  ['dns', 'DNS', 'lookup'],
  ['tcp', 'TCP', 'connection'],
  ['proxy', '', 'proxy'],
  ['tls', 'TLS', 'handshake'],
  ['send', '', 'sending'],
  ['wait', 'server', 'processing'],
  ['download', 'content', 'transfer'],
];
