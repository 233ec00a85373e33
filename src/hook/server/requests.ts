/**
 * Requests that the program answers, with the setting `incoming`: reported as requests of direction `in`, and named as
 * `cause` by those that are made while they are handled.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { line, maskedUrl } from '../output/json';
import { push, type Writable } from '../output/queue';
import type { Wire } from '../records/wire';
import { nodeModule } from '../runtime/builtins';
import { now, us } from '../runtime/clock';
import { guarded, parts } from '../runtime/guard';
import { nextId, past } from '../runtime/ids';
import { link, linked } from '../runtime/links';
import { whenLoaded } from '../runtime/nodeModules';
import { subscribe } from '../runtime/patches';
import { watchEmit } from '../runtime/wrap';
import { causedBy, installContext } from '../sites/labels';
import { installStreams, type Stream } from './streams';

const part = parts.incoming;

class ServedRequest implements Writable {
  readonly id = nextId();
  readonly createdAt = now();
  responseBeginAt = 0;
  endAt = 0;
  status = 0;
  outcome: 'complete' | 'aborted' = 'complete';
  private begun = false;

  constructor(
    private readonly api: string,
    private readonly method: string,
    private readonly url: string,
    private readonly wire: Wire | undefined,
  ) {}

  lines(): string {
    if (this.id <= past.id) return '';
    let s = '';
    if (!this.begun) {
      this.begun = true;
      const { id, api, method, createdAt, wire } = this;
      const url = maskedUrl(this.url);
      const connection = wire?.connection || undefined;
      s = line({ k: 'req', id, direction: 'in', createdAt: us(createdAt), api, method, url, connection });
    }
    if (this.endAt === 0) return s;
    return (
      s +
      line({
        k: 'end',
        id: this.id,
        endAt: us(this.endAt),
        responseBeginAt: this.responseBeginAt === 0 ? undefined : us(this.responseBeginAt),
        response: this.status === 0 ? undefined : { status: this.status },
        outcome: this.outcome,
      })
    );
  }

  end(outcome: 'complete' | 'aborted', status: number, t: number): void {
    if (this.endAt !== 0) return;
    this.endAt = t;
    this.outcome = outcome;
    this.status = status;
    push(this);
  }
}

type Incoming = IncomingMessage & { socket: { encrypted?: boolean } };
type Outgoing = ServerResponse & { _closed?: boolean };
interface Exchange {
  request: Incoming;
  response: Outgoing;
}

const onRequest = guarded(part, 'incoming.request', ({ request, response }: Exchange) => {
  const { socket, url = '/' } = request;
  const api = socket.encrypted === true ? 'https' : 'http';
  const host = request.headers.host ?? 'localhost';
  const whole = /^https?:\/\//i.test(url) ? url : `${api}://${host}${url}`;
  const served = new ServedRequest(api, request.method ?? 'GET', whole, linked<Wire>(socket));
  link(response, served);
  push(served);
  causedBy(served.id);
});

const onFinish = guarded(part, 'incoming.answered', ({ response }: Exchange) => {
  linked<ServedRequest>(response)?.end('complete', response.statusCode, now());
});

/** At each emission of a response: whether its head has left, and whether the client has gone. */
const watchResponse = guarded(part, 'incoming.answer', (response: Outgoing): boolean => {
  const served = linked<ServedRequest>(response);
  if (served === undefined || served.endAt !== 0) return false;
  if (served.responseBeginAt === 0 && response.headersSent) served.responseBeginAt = now();
  if (response._closed === true && !response.writableFinished) {
    served.end('aborted', response.headersSent ? response.statusCode : 0, now());
  }
  return false;
});

const onStream = guarded(part, 'incoming.stream', ({ stream, headers }: { stream: Stream; headers: unknown }) => {
  const h = headers as Record<string, string | undefined>;
  const url = `${h[':scheme'] ?? 'http'}://${h[':authority'] ?? h.host ?? 'localhost'}${h[':path'] ?? '/'}`;
  const served = new ServedRequest('http2', h[':method'] ?? 'GET', url, undefined);
  link(stream, served);
  push(served);
  causedBy(served.id);
});

const onStreamClose = guarded(part, 'incoming.streamed', ({ stream }: { stream: Stream }) => {
  const status = Number(stream.sentHeaders?.[':status']) || 0;
  linked<ServedRequest>(stream)?.end(stream.aborted === true || status === 0 ? 'aborted' : 'complete', status, now());
});

export function installServedRequests(): void {
  installContext();
  subscribe('http.server.request.start', onRequest);
  subscribe('http.server.response.finish', onFinish);
  installStreams(onStream, onStreamClose);
  whenLoaded('http', () => {
    const { ServerResponse: Response } = nodeModule('node:http') as typeof import('node:http');
    watchEmit(Response.prototype, watchResponse as (emitter: never) => boolean | undefined, () => {});
  });
}
