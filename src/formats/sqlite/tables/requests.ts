/** The table `requests`: the row that panel and command line show, with the record's own facts beside it. */
import { phaseDuration } from '../../../model/phases/measured';
import { phaseNames, type Request } from '../../../model/records';
import { type Row, rowOf } from '../../../model/rows/row';
import { between, type Column, integers, ms, reals, type Table, texts } from './column';

export interface RequestRow {
  r: Request;
  row: Row;
}

const phase = ({ row }: RequestRow, name: string): number | undefined => ms(phaseDuration(row, name));

const columns: readonly Column<RequestRow>[] = [
  ...texts<RequestRow>(
    ['id', 'Id, as `nettrace show --request` takes it.', ({ r }) => r.id],
    ['direction', '`out`: the program made it; `in`: the program answered it.', ({ r }) => r.direction ?? 'out'],
    ['thread', 'Thread that made it: process id and number.', ({ r }) => r.thread],
    ['process', 'Name of process and thread, as shown.', ({ row }) => row.process],
    ['api', '`http`, `https`, `fetch`, `undici`, `http2`, `websocket`. NULL: not known.', ({ r }) => r.api],
    ['client', 'Package that sent it. NULL: not known.', ({ r }) => r.client?.name],
    ['method', 'Method. NULL: not known.', ({ r }) => r.method],
    ['url', 'URL, secrets in it masked. NULL: not known.', ({ r }) => r.url],
    ['scheme', 'Of the URL, in lower case.', ({ row }) => row.scheme || undefined],
    ['host', 'Host, with its port unless it is the scheme’s own.', ({ row }) => row.host || undefined],
    ['path', 'Path.', ({ row }) => row.path || undefined],
    ['query', 'With its question mark. NULL: none.', ({ row }) => row.query || undefined],
    ['protocol', '`http/1.1`, `h2` …. NULL: no response came.', ({ r }) => r.protocol],
  ),
  ...integers<RequestRow>(
    ['status', 'Status of the final response. NULL: none came.', ({ r }) => r.response?.status],
    ['grpc_status', '`grpc-status` of the trailers; 0 is OK. NULL: none came.', ({ r }) => r.response?.grpcStatus],
  ),
  ...texts<RequestRow>(
    [
      'outcome',
      '`complete`, `failed`, `aborted`, `notRead`, `upgraded`, `tunnel`, `processExit`, `interrupted`. NULL: it still ran.',
      ({ r }) => r.outcome,
    ],
    ['state', 'State as queries know it: `ok`, `failed`, `serverError` …', ({ row }) => row.state],
    ['state_text', 'The same in words, as shown.', ({ row }) => row.stateText],
  ),
  ...reals<RequestRow>(
    ['created_ms', 'The program’s call. NULL: the line that said so was lost.', ({ r }) => ms(r.createdAt)],
    ['assigned_ms', 'A socket, or stream, was assigned.', ({ r }) => ms(r.assignedAt)],
    ['send_begin_ms', 'Head flushed.', ({ r }) => ms(r.sendBeginAt)],
    ['send_end_ms', 'Last byte of the request handed over.', ({ r }) => ms(r.sendEndAt)],
    ['response_begin_ms', 'Head of the final response parsed.', ({ r }) => ms(r.responseBeginAt)],
    [
      'end_ms',
      'End of the body, failure or abort. NULL: it still ran, or the format does not say.',
      ({ r }) => ms(r.endAt),
    ],
    [
      'total_ms',
      'Whole duration, without the time in the debugger; of what still ran, to the end of the trace. NULL: begin or end not known.',
      ({ row }) => ms(row.total),
    ],
    [
      'setup_ms',
      'Queue, DNS, TCP, proxy and TLS of a new connection together. NULL: it had no setup.',
      ({ row }) => ms(row.setup),
    ],
    ...phaseNames.map((name): [string, string, (from: RequestRow) => number | undefined] => [
      `${name}_ms`,
      `Phase ${name}. NULL: it did not happen, or is not known.`,
      (from) => phase(from, name),
    ]),
    [
      'paused_ms',
      'Time in the debugger, in none of the phases. NULL: none.',
      ({ row }) => ms(row.phases.reduce((sum, p) => sum + (p.paused ?? 0), 0) || undefined),
    ],
  ),
  ...texts<RequestRow>(
    ['last_phase', 'Phase that it was in at the end. NULL: none is known.', ({ row }) => row.phases.at(-1)?.name],
    ['connection', 'Connection that carried it. NULL: it died before, or that was not seen.', ({ r }) => r.connection],
  ),
  ...integers<RequestRow>(
    ['ordinal', 'Ordinal on its connection, from 1. NULL: no connection, or not known.', ({ r }) => r.ordinal],
    [
      'reused',
      '1: on a connection that was there before; 0: on a new one. NULL: no connection.',
      ({ row }) => row.connection?.reused,
    ],
  ),
  ...reals<RequestRow>([
    'idle_ms',
    'Idle time of the connection before it. NULL: the first on it.',
    ({ r }) => ms(r.idleDuration),
  ]),
  ...texts<RequestRow>(
    ['dial', 'Dial it waited for. NULL: it took a ready connection.', ({ r }) => r.dial],
    ['remote', 'Address and port, or path, of the other end. NULL: not known.', ({ row }) => row.remote],
    [
      'operation',
      'First request of the chain of redirects and tries. NULL: it is the only one.',
      ({ r }) => r.operation,
    ],
  ),
  ...integers<RequestRow>(['attempt', 'Which try, from 1. NULL: it is the only one.', ({ r }) => r.attempt]),
  ...texts<RequestRow>(
    ['redirect_of', 'Hop before it. NULL: none.', ({ r }) => r.redirectOf],
    ['retry_of', 'Try before it. NULL: none.', ({ r }) => r.retryOf],
    ['blocked_by', 'Request that held the socket while it queued. NULL: none, or several.', ({ r }) => r.blockedBy],
    ['cause', 'Incoming request that caused it. NULL: none, or not recorded.', ({ r }) => r.cause],
    ['label', 'The user’s label. NULL: none.', ({ r }) => r.label],
    ['test', 'The test whose code made it. NULL: none, or not known.', ({ r }) => r.test],
  ),
  ...integers<RequestRow>(
    [
      'request_body_bytes',
      'Body as the program gave it. NULL: none, or not counted.',
      ({ r }) => r.body?.bytes ?? r.body?.declaredBytes,
    ],
    [
      'response_body_bytes',
      'Body after its content coding was undone. NULL: not counted.',
      ({ r }) => r.response?.bodyBytes,
    ],
    ['response_wire_bytes', 'Body as it came. NULL: not counted.', ({ r }) => r.response?.wireBytes],
    ['response_read_bytes', 'Body that the program took. NULL: not counted.', ({ r }) => r.response?.readBytes],
    ['bytes_sent', 'Its share of what the connection sent. NULL: shared, or not counted.', ({ r }) => r.bytesSent],
    ['bytes_received', 'Its share of what the connection received. NULL: likewise.', ({ r }) => r.bytesReceived],
  ),
  ...texts<RequestRow>(
    ['content_type', 'Content-Type of the response. NULL: not sent.', ({ r }) => r.response?.contentType],
    ['content_encoding', 'Content-Encoding of the response. NULL: none.', ({ r }) => r.response?.contentEncoding],
    ['error_phase', 'Phase that failed. NULL: none, or not known.', ({ r }) => r.error?.phase],
    ['error_code', '`ECONNREFUSED` …. NULL: no error, or one without a code.', ({ r }) => r.error?.code],
    ['error_message', 'Its message, masked. NULL: no error.', ({ r }) => r.error?.message],
    ['timeout_kind', 'Timer that ended it. NULL: none did.', ({ r }) => r.timeout?.kind],
  ),
  ...reals<RequestRow>([
    'timeout_limit_ms',
    'Limit of that timer. NULL: not known, or none.',
    ({ r }) => ms(r.timeout?.limit),
  ]),
  ...texts<RequestRow>(
    [
      'call_file',
      'File of the line that made it, by source map where there is one. NULL: not found, or not recorded.',
      ({ row }) => row.callSite?.file,
    ],
    ['call_function', 'Its function. NULL: top level, anonymous, or not known.', ({ row }) => row.callSite?.function],
    [
      'call_package',
      'Package that the line is in. NULL: the user’s own code, or not known.',
      ({ row }) => row.callSite?.package,
    ],
  ),
  ...integers<RequestRow>(
    ['call_line', 'Its line, from 1. NULL: not known.', ({ row }) => row.callSite?.line],
    ['call_column', 'Its column, from 1. NULL: not known.', ({ row }) => row.callSite?.column],
    ['mocked', '1: answered inside the program. NULL: no.', ({ r }) => r.mocked || undefined],
    ['incomplete', '1: parts of its record were lost. NULL: no.', ({ row }) => row.lost],
    [
      'kernel_retransmits',
      'Segments that the kernel repeated in its time. NULL: no kernel statistics.',
      ({ r }) => r.kernel?.retransmits,
    ],
  ),
  ...reals<RequestRow>(
    [
      'kernel_rtt_ms',
      'Smoothed round-trip time at its end. NULL: no kernel statistics.',
      ({ r }) => ms(r.kernel?.rttEnd),
    ],
    [
      'loop_busy_ms',
      'Time that the event loop was busy during it. NULL: not recorded.',
      ({ r }) => ms(r.loopBusyDuration),
    ],
    ['abort_ms', 'When the program aborted it. NULL: it did not.', ({ r }) => ms(r.abort?.at)],
    [
      'timeout_after_ms',
      'From the call to the timer’s end. NULL: no timer ended it.',
      ({ r }) => between(r.createdAt, r.timeout?.at),
    ],
  ),
  ...texts<RequestRow>([
    'phase_list',
    'The phases as JSON, which the view `phases` reads.',
    ({ row }) =>
      JSON.stringify(
        row.phases.map((p) => [
          p.name,
          p.beginAt / 1000,
          p.duration / 1000,
          p.paused === undefined ? null : p.paused / 1000,
          p.running ? 'running' : p.failed ? 'failed' : null,
        ]),
      ),
  ]),
];

export const requests: Table<RequestRow, Request> = {
  name: 'requests',
  list: 'requests',
  about: 'One row a request: a redirect’s hop, a retry and a CONNECT are each their own.',
  columns,
  rows: (records, store, now) => records.map((r) => ({ r, row: rowOf(r, store, now) })),
  indices: ['id', 'connection'],
};
