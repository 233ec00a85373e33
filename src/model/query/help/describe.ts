/** What the keys mean, in words: for completion and for the table in docs/query.md, which a test compares. */
import { phaseWords } from '../../facts/phaseWords';
import { type FieldName, keys } from '../keys';

/** Meaning, and when it is absent where that does not go without saying; an example. */
export const descriptions: Readonly<Record<FieldName, readonly [meaning: string, example: string]>> = {
  method: ['Method as sent', 'method:GET,POST'],
  host: ['Host of the URL, with or without its port', 'host:*.shop.example'],
  port: ['Port of the URL', 'port:8080'],
  path: ['Path of the URL', 'path:/api/*'],
  query: ['Query string of the URL, without `?`', 'query:page=2'],
  url: ['URL as shown, secrets masked', 'url:http://a.example/*'],
  scheme: ['Scheme of the URL', 'scheme:https'],
  protocol: ['Version of HTTP; known with the response', 'protocol:h2'],
  api: ['What the program called', 'api:fetch'],
  direction: ['`in`: a request that the program answers', 'direction:out'],
  status: ['Response status, e.g. 200, 5xx', 'status:>=500'],
  'grpc-status': ['Status of a gRPC call, from its trailers; 0 is OK', 'grpc-status:>0'],
  error: ['Error code, e.g. ECONNREFUSED', 'error:ECONN*'],
  'error-message': ['Message of the error', 'message:certificate'],
  phase: ['Phase that it is in, or failed in', 'phase:tls'],
  duration: ['From the call to the end; so far, while it runs', 'duration:>1s'],
  started: ['When it was called, from the start of its run', 'started:2s..5s'],
  setup: ['Queue to TLS together; absent on a ready connection', 'setup:>100ms'],
  queue: [phaseWords.queue.label, 'queue:>50ms'],
  dns: [phaseWords.dns.label, 'dns:>20ms'],
  tcp: [phaseWords.tcp.label, 'tcp:>100ms'],
  proxy: [phaseWords.proxy.label, 'proxy:>100ms'],
  tls: [phaseWords.tls.label, 'tls:>100ms'],
  send: [phaseWords.send.label, 'send:>100ms'],
  wait: [phaseWords.wait.label, 'wait:>500ms'],
  download: [phaseWords.download.label, 'download:>1s'],
  received: ['Bytes received for it', 'size:>10kB'],
  sent: ['Bytes sent for it', 'sent:>1MiB'],
  'content-type': ['Type of the response, with or without its parameters', 'content-type:*json'],
  header: ['Header of request or response; headers are recorded on request only', 'header:x-cache=hit'],
  'request-header': ['Header of the request', 'request-header:authorization'],
  'response-header': ['Header of the response', 'response-header:etag'],
  'remote-ip': ['Address it went to, or path of the Unix socket', 'remote-ip:10.0.0.*'],
  'remote-port': ['Port it went to', 'remote-port:443'],
  'local-port': ['Port it came from', 'local-port:>40000'],
  connection: ['Number of its connection', 'connection:5'],
  ordinal: ['Which request on its connection it was, from 1', 'ordinal:>1'],
  attempt: ['Which try it was, from 1', 'attempt:>1'],
  file: ['File that made the request', 'file:src/*.ts'],
  line: ['Line that made the request', 'line:40..60'],
  function: ['Function that made the request', 'function:load*'],
  package: ['Package whose line is shown, as no line of your own code was seen', 'package:stripe'],
  process: ['Process, as the panel names it', 'process:worker*'],
  pid: ['Process id', 'pid:4711'],
  thread: ['Number of the worker thread; 0: the main one', 'thread:>0'],
  label: ['Label that the program gave', 'label:"nightly import"'],
  test: ['Test whose code made it', 'test:"asks the shop"'],
  request: ['Id of the record', 'request:4711-0-12'],
  'trace-rule': ['Id of a trace rule that it matched', 'trace-rule:6f1c*'],
  run: ['Which run in the panel, from 1', 'run:2'],
  text: ['What free words look at', 'text:cart*2'],
  failed: [
    'No response, or not the whole of it: DNS, TCP, TLS, reset, timeout; a body that could not be decoded; a gRPC error',
    'is:failed',
  ],
  'server-error': ['Answered with a status of 500 or above', 'is:server-error'],
  running: ['Not over yet', 'is:running'],
  slow: ['Took 500 ms or more, to its end or so far', 'is:slow'],
  reused: ['On a connection that carried others before', 'is:reused'],
  new: ['The first on its connection', 'is:new'],
  unread: ['Answered, but nobody read the body', 'is:unread'],
  aborted: ['Given up by the program itself; by a timer: `is:failed`', 'is:aborted'],
  interrupted: ['Cut off by the end of the program', 'is:interrupted'],
  queued: ['Waiting for a connection', 'is:queued'],
  open: ['Upgraded and open: a WebSocket', 'is:open'],
  streaming: ['Receiving a stream of events', 'is:streaming'],
  redirect: ['A redirect led to it', 'is:redirect'],
  retry: ['Tried again after a failure', 'is:retry'],
  incoming: ['Answered by the program, not made by it', 'is:incoming'],
  mocked: ['Answered inside the program, by nock, msw or a mocked socket', 'is:mocked'],
  'sent-by-you': ['Sent from Net Trace, not made by the program', 'is:sent-by-you'],
  lost: ['Parts of its record were lost', 'is:lost'],
};

/** The table of docs/query.md. */
export function keyTable(): string {
  const rows = (Object.keys(keys) as FieldName[]).map((name) => {
    const { kind, match, aliases = [], values } = keys[name];
    const [meaning, example] = descriptions[name];
    const words = [name, ...aliases].map((w) => `\`${kind === 'flag' ? `is:${w}` : w}\``).join(', ');
    const only = values ? `: ${values.map((v) => `\`${v}\``).join(' ')}` : '';
    const type = kind === 'flag' ? 'state' : match === 'part' ? 'text, part' : match === 'tail' ? 'text, end' : kind;
    return `| ${words} | ${type} | ${meaning}${only} | \`${example}\` |`;
  });
  return ['| key | values | what it is | for example |', '|---|---|---|---|', ...rows].join('\n');
}
