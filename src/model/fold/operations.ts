/** `ops` lines: operations of sockets, as tuples. */

import { recordIdOf } from '../base/ids';
import type { LineOf } from '../lines/lines';
import type { SocketOperation } from '../records';
import type { Store } from '../store/store';
import type { Isolate } from './types';

const kinds = ['read', 'readFrom', 'write', 'writeTo'] as const;

export function foldOperations(store: Store, isolate: Isolate, line: LineOf<'ops'>): void {
  const connection = recordIdOf(isolate.thread, line.connection);
  const instant = (v: string | number | null | undefined) => (typeof v === 'number' ? v + isolate.offset : undefined);
  const operations = line.list.map(([kind, at, returnAt, size, address, port, code]): SocketOperation => {
    const operation: SocketOperation = { connection, kind: kinds[Number(kind)] ?? String(kind) };
    const [begin, end] = [instant(at), instant(returnAt)];
    if (begin !== undefined) operation.at = begin;
    if (end !== undefined) operation.returnAt = end;
    if (typeof size === 'number' && size >= 0) operation.bytes = size;
    if (typeof address === 'string' && typeof port === 'number') operation.remote = { address, port };
    if (typeof code === 'string') operation.error = { code, syscall: syscallOf(operation.kind) };
    return operation;
  });
  store.addOperations(connection, operations, line.dropped ?? 0, isolate.thread);
}

const syscallOf = (kind: string): string =>
  kind === 'readFrom' ? 'recvmsg' : kind === 'writeTo' ? 'send' : kind === 'read' ? 'read' : 'write';
