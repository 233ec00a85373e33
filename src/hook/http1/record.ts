/** A request of `http` or `https`: what its ClientRequest and IncomingMessage say. */

import type { ClientRequest, IncomingMessage } from 'node:http';
import { headerBlock, takeHeader } from '../records/headers/rawHeaders';
import { linesOf } from '../records/recordLines';
import { type Counters, RequestRecord } from '../records/request';
import type { ResponseFacts } from '../records/requestData';
import { uploadText } from '../records/upload';
import { nodeModule } from '../runtime/builtins';
import type { AnySocket, ConnectOptions } from '../runtime/nodeTypes';

/** ClientRequest with the inner fields that are the same on Node 18 to 26. */
export interface Outgoing extends ClientRequest {
  _closed?: boolean;
  _header?: string | null;
  upgradeOrConnect?: boolean;
  parser?: { incoming?: IncomingMessage | null } | null;
  outputSize?: number;
  res?: IncomingMessage;
  agent?: unknown;
}

export class Http1Record extends RequestRecord {
  readonly countsBody = true;
  readonly seesReading = true;
  message: (IncomingMessage & { _dumped?: boolean }) | undefined = undefined;
  socket: AnySocket | undefined = undefined;
  /** Bytes of the body that the program gave. */
  declare given: number;
  /** Content-Length of the body; -1: none, or not looked at yet. */
  declare declared: number;
  /** The informational reply that was noted last. */
  declare lastInformation: IncomingMessage | undefined;
  /** The body's end was taken by the program. */
  readEndAt = 0;

  constructor(
    createdAt: number,
    readonly outgoing: Outgoing,
    private readonly options: ConnectOptions | undefined,
  ) {
    super(createdAt, apiOf(outgoing, options), outgoing.method, outgoing.path);
  }

  override waitingBytes(): number {
    const { message } = this;
    if (message === undefined) return 0;
    // With an encoding its characters are counted.
    return message.readableEncoding === null || message.readableLength === 0 ? message.readableLength : -1;
  }

  override upgradeProtocol(): string {
    return this.message?.headers.upgrade ?? '';
  }

  url(): string {
    if (this.absolute) return this.path;
    const { protocol, host } = this.outgoing;
    const origin = originOf(protocol, host, this.options?.port || this.portOfHeader());
    return this.method === 'CONNECT' ? origin : origin + this.path;
  }

  /** Without an agent's options, the port is only in the Host header that Node generated. */
  private portOfHeader(): number {
    const header = this.outgoing.getHeader('host');
    const { host } = this.outgoing;
    return typeof header === 'string' && header.startsWith(`${host}:`) ? Number(header.slice(host.length + 1)) || 0 : 0;
  }

  lines(): string {
    return linesOf(this);
  }

  clientText(): string {
    return '';
  }

  override asksToClose(): boolean {
    return /\r\nconnection: *close\r\n/i.test(this.outgoing._header ?? '');
  }

  /** Host and port of the origin, as a CONNECT names them. */
  authority(): string {
    const { host, protocol } = this.outgoing;
    const port = Number(this.options?.port) || this.portOfHeader() || (protocol === 'https:' ? 443 : 80);
    return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
  }

  /** The agent's, unless the request has its own. */
  override socketTimer(limit: number): 'socket' | 'agent' {
    const { timeout, agent } = this.outgoing as Outgoing & { timeout?: number };
    const ofAgent = (agent as { options?: { timeout?: unknown } } | null | undefined)?.options?.timeout;
    return timeout === undefined && limit > 0 && ofAgent === limit ? 'agent' : 'socket';
  }

  override proxyBy(): 'agent' | 'env' | 'option' {
    const { agent } = this.outgoing;
    if (typeof agent !== 'object' || agent === null) return 'option';
    const { Agent } = nodeModule('node:http') as typeof import('node:http');
    const { Agent: SecureAgent } = nodeModule('node:https') as typeof import('node:https');
    // Node's own agents know a proxy by their `proxyEnv` only, which is seen before; else the program wrote the whole URL.
    const own = Object.getPrototypeOf(agent) as unknown;
    return own === Agent.prototype || own === SecureAgent.prototype ? 'option' : 'agent';
  }

  override requestHeader(name: string): string | undefined {
    const value = this.outgoing.getHeader(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }

  override says(header: string): boolean {
    return this.outgoing.hasHeader(header);
  }

  readResponse(): ResponseFacts | undefined {
    const m = this.message;
    if (m === undefined) return undefined;
    const facts: ResponseFacts = {
      status: m.statusCode ?? 0,
      statusText: m.statusMessage ?? '',
      protocol: `http/${m.httpVersion}`,
      contentType: '',
      contentEncoding: '',
      declaredBytes: -1,
      chunked: false,
      keepAlive: '',
      closes: false,
      dumped: m._dumped === true,
    };
    const { rawHeaders } = m;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2)
      takeHeader(facts, rawHeaders[i] as string, rawHeaders[i + 1] as string);
    return facts;
  }

  override programObjects(): object {
    return { request: this.outgoing, response: this.message };
  }

  /** The last byte has been handed over: the program ended the request, or gave as much as it had declared. */
  hasLeft(): boolean {
    const { outgoing } = this;
    // Not `writableFinished`: since Node 22 that waits for a callback that comes long after.
    const given = outgoing.finished || (this.declared >= 0 && this.given >= this.declared);
    return given && outgoing.outputSize === 0 && (this.socket === undefined || this.socket.writableLength === 0);
  }

  bodyText(): string {
    const header = this.outgoing._header;
    // Of one that ended before all had left: what was given and has left until then.
    if (!header || this.given === 0 || (this.sendEndAt === 0 && this.endAt === 0)) return '';
    // The head is known to the byte, so the rest of what left is the body.
    const wireBytes = this.bytesSent - header.length;
    let s = `{"bytes":${this.given}`;
    if (this.declared >= 0) s += `,"declaredBytes":${this.declared}`;
    if (this.bytesSent >= 0 && wireBytes > 0 && this.wire?.isH2 === false) s += `,"wireBytes":${wireBytes}`;
    return `${s}${uploadText(this)}}`;
  }

  headerList(side: 'request' | 'response' | 'trailers'): string[] | undefined {
    if (side === 'response') return this.message?.rawHeaders;
    if (side === 'trailers') return this.message?.rawTrailers;
    const header = this.outgoing._header;
    return header ? headerBlock(header) : undefined;
  }

  socketCounters(): Counters | undefined {
    return this.socket;
  }
}

// A loop asks for the same origin each time.
const known = { protocol: '', host: '', port: 0 as number | string, origin: '' };

function originOf(protocol: string, host: string, port: number | string): string {
  if (known.origin !== '' && host === known.host && port === known.port && protocol === known.protocol)
    return known.origin;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const number = Number(port) || 0;
  const shown = number === 0 || number === (protocol === 'https:' ? 443 : 80) ? '' : `:${number}`;
  known.protocol = protocol;
  known.host = host;
  known.port = port;
  known.origin = `${protocol}//${name}${shown}`;
  return known.origin;
}

const rare: Pick<Http1Record, 'given' | 'declared' | 'lastInformation'> = {
  given: 0,
  declared: -1,
  lastInformation: undefined,
};
Object.assign(Http1Record.prototype, rare);

/** A library for WebSockets asks for them in this spelling; others are known by the answer. */
function apiOf(outgoing: Outgoing, options: ConnectOptions | undefined): 'http' | 'https' | 'websocket' {
  const upgrade = options === undefined ? outgoing.getHeader('upgrade') : options.headers?.Upgrade;
  if (upgrade === 'websocket') return 'websocket';
  return outgoing.protocol === 'https:' ? 'https' : 'http';
}
