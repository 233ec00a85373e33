/** Which conditions can be decided when a request starts. */
import { type BreakpointKind, isEarly } from '../../model/lines/breakpoints';
import type { FieldName } from '../../model/query';
import type { Query } from '../../model/query/tree';

const late: ReadonlySet<FieldName> = new Set<FieldName>([
  'status',
  'error',
  'error-message',
  'phase',
  'protocol',
  'duration',
  'setup',
  'queue',
  'dns',
  'tcp',
  'proxy',
  'tls',
  'send',
  'wait',
  'download',
  'received',
  'sent',
  'content-type',
  'grpc-status',
  'response-header',
  'remote-ip',
  'remote-port',
  'local-port',
  'connection',
  'ordinal',
  'failed',
  'slow',
  'reused',
  'new',
  'unread',
  'aborted',
  'interrupted',
  'streaming',
]);

/** The key that makes the condition useless for a breakpoint of this kind; undefined: none does. */
export function tooLate(kind: BreakpointKind, query: Query): FieldName | undefined {
  return isEarly(kind) ? lateKey(query) : undefined;
}

function lateKey(query: Query): FieldName | undefined {
  switch (query.is) {
    case 'term':
      return late.has(query.key) ? query.key : undefined;
    case 'not':
      return lateKey(query.of);
    default:
      return lateOfMany(query.is, query.of.map(lateKey));
  }
}

/** Of alternatives, one that can be decided is enough. */
function lateOfMany(is: 'and' | 'or', keys: readonly (FieldName | undefined)[]): FieldName | undefined {
  if (is === 'or' && keys.includes(undefined)) return undefined;
  return keys.find((key) => key !== undefined);
}
