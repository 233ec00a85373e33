/** Back-pressure of a request's body: how often the socket took no more, and for how long. */
import { now, us } from '../runtime/clock';

/** What it reads of the request's record. */
interface Sending {
  readonly assignedAt: number;
  readonly sendEndAt: number;
  readonly endAt: number;
  readonly lastGivenAt: number;
  readonly wire: { readonly readyAt: number } | undefined;
  readonly upload: Upload | undefined;
}

export class Upload {
  private waits = 0;
  private waited = 0;
  /** Since when it is full; 0: it is not. */
  private fullAt = 0;

  full(): void {
    if (this.fullAt !== 0) return;
    this.fullAt = now();
    this.waits++;
  }

  /** The socket takes more; what it did not take while it was being set up belongs to the setup. */
  drained(r: Sending, t: number): void {
    if (this.fullAt === 0) return;
    const begin = Math.max(this.fullAt, r.assignedAt, r.wire?.readyAt ?? 0);
    const end = r.sendEndAt === 0 ? t : Math.min(t, r.sendEndAt);
    if (end > begin) this.waited += end - begin;
    this.fullAt = 0;
  }

  text(): string {
    return `,"drainWaits":${this.waits},"drainDuration":${Math.round(this.waited * 1000)}`;
  }
}

/** The rest of a `body` object: when the program gave its last piece, and what it had to wait. */
export function uploadText(r: Sending): string {
  const { upload } = r;
  let s = r.lastGivenAt === 0 ? '' : `,"lastWriteAt":${us(r.lastGivenAt)}`;
  if (upload !== undefined) {
    upload.drained(r, r.sendEndAt || r.endAt || now());
    s += upload.text();
  }
  return s;
}
