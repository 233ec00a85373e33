/**
 * One socket for datagrams: a dial (the call that made it) and one connection, whether it has one peer or many. Its
 * lines: both at the end of the tick that made it, again when it is bound or connected, the counters at its end.
 */

import { dnsSilent, type Speech } from '../dns/messages';
import { errorInfo } from '../output/errors';
import { cutText, line } from '../output/json';
import { push, pushLast, type Writable } from '../output/queue';
import type { Operations } from '../records/operations';
import { us } from '../runtime/clock';
import { nextId, past } from '../runtime/ids';
import { reportSite } from '../sites/callSite';

interface Place {
  address: string;
  port: number;
}

export class Datagrams implements Writable {
  /** Of the dial. */
  readonly id = nextId();
  readonly connection = nextId();
  site = 0;
  /** As the program asked `connect` for it. */
  host = '';
  port = 0;
  /** As the program asked `bind` for it. */
  localAddress = '';
  connectBegunAt = 0;
  connectedAt = 0;
  /** A query of the name service has left it. */
  isDns = false;
  local: Place | undefined;
  remote: Place | undefined;
  sent = 0;
  received = 0;
  bytesSent = 0;
  bytesReceived = 0;
  error: unknown;
  closedAt = 0;
  closedBy = '';
  operations: Operations | undefined;
  /** DNS that it speaks. */
  speech: Speech | undefined;
  private begun = false;
  private errorWritten = false;
  private closeWritten = false;
  /** What is written of the connection is no longer all that is known. */
  private stale = true;

  constructor(
    readonly createdAt: number,
    readonly family: number,
    /** Where it was made, unread. */
    private stack: Error | undefined,
  ) {
    push(this);
  }

  changed(): void {
    this.stale = true;
    push(this);
  }

  failed(error: unknown): void {
    this.error ??= error;
    push(this);
  }

  end(closedBy: string, t: number): void {
    if (this.closedBy !== '') return;
    dnsSilent(this);
    this.closedAt = t;
    this.closedBy = closedBy;
    push(this);
    pushLast(this.closing);
  }

  lines(): string {
    if (this.id <= past.id) return '';
    let s = '';
    if (!this.begun) {
      this.begun = true;
      if (this.stack !== undefined) reportSite(this.stack, this);
      this.stack = undefined;
      this.stale = true;
    }
    if (this.stale) s += this.dialLine() + this.connLine();
    this.stale = false;
    if (this.error !== undefined && !this.errorWritten) {
      this.errorWritten = true;
      s += line({ k: 'close', id: this.connection, error: errorInfo(this.error) });
    }
    return s;
  }

  private readonly closing: Writable = {
    lines: () => {
      if (this.closeWritten || this.id <= past.id) return '';
      this.closeWritten = true;
      return this.lines() + this.closeLine();
    },
  };

  private dialLine(): string {
    return line({
      k: 'dial',
      id: this.id,
      via: 'dgram',
      host: this.host === '' ? undefined : cutText(this.host, 512),
      port: this.port || undefined,
      family: this.family,
      localAddress: this.localAddress === '' ? undefined : cutText(this.localAddress, 64),
      beginAt: us(this.createdAt),
    });
  }

  private connLine(): string {
    const connected = this.connectedAt !== 0;
    return line({
      k: 'conn',
      dial: this.id,
      kind: 'udp',
      createdAt: us(this.createdAt),
      endAt: connected ? us(this.connectedAt) : undefined,
      attempts: [
        {
          id: this.connection,
          remote: this.remote,
          beginAt: this.connectBegunAt ? us(this.connectBegunAt) : undefined,
          endAt: connected ? us(this.connectedAt) : undefined,
          result: connected ? 'connected' : undefined,
        },
      ],
      connection: this.connection,
      local: this.local,
      protocol: this.isDns ? 'dns' : undefined,
    });
  }

  private closeLine(): string {
    return line({
      k: 'close',
      id: this.connection,
      bytesSent: this.bytesSent,
      bytesReceived: this.bytesReceived,
      datagramsSent: this.sent,
      datagramsReceived: this.received,
      closedAt: this.closedAt ? us(this.closedAt) : undefined,
      closedBy: this.closedBy,
    });
  }
}
