/** `--otlp` of `nettrace run`: what is asked for, and what is said of it at the end. */
import { numberText, plural } from '../../model/base/text';
import type { TraceSession } from '../../session/session';
import { endpointOf } from '../otlp/endpoint';
import type { ExportResult } from '../otlp/exporter';
import { complain } from '../terminal/say';
import type { RunOptions } from './options';

/** What the run was asked to send, and what came of it. */
export interface Sending {
  /** Sends the rest; within some seconds, whatever the endpoint does. */
  finish(): Promise<Delivery>;
}

/** In the summary as JSON, as `otlp`. */
export type Delivery = { endpoint: string } & ExportResult;

/** Throws UsageError. The exporter is loaded here, so that the program never waits for it. */
export async function sendingOf(options: RunOptions): Promise<((session: TraceSession) => Sending) | undefined> {
  const endpoint = endpointOf(options);
  if (!endpoint) return undefined;
  const { startExport } = await import('../otlp/exporter');
  return (session) => {
    const started = startExport(session.store, () => session.now(), endpoint);
    return { finish: async () => ({ endpoint: endpoint.shown, ...(await started.finish()) }) };
  };
}

/** In one line; nothing if all was delivered and no word of that is wanted. */
export function reportDelivery(d: Delivery, isQuiet: boolean): void {
  const lost = d.spans - d.delivered;
  if (lost === 0 && d.missedRequests === 0) {
    if (!isQuiet) complain(`sent ${plural(d.spans, 'span')} to ${d.endpoint}`);
    return;
  }
  const parts = [
    d.failed > 0 ? `${numberText(d.failed)} failed` : '',
    d.rejected > 0 ? `${numberText(d.rejected)} rejected by the endpoint` : '',
    d.dropped > 0 ? `${numberText(d.dropped)} dropped, as there was no time left` : '',
    d.missedRequests > 0 ? `${plural(d.missedRequests, 'request')} left the trace (--max-requests) before` : '',
  ].filter((part) => part !== '');
  const why = d.error === undefined ? '' : ` (${d.error})`;
  complain(`sent ${numberText(d.delivered)} of ${plural(d.spans, 'span')} to ${d.endpoint}: ${parts.join(', ')}${why}`);
}

/**
 * A name that is still being looked up, or a pause before a retry, would keep this process up after all is said and
 * written: half a second later it ends itself.
 */
export function endSoon(): void {
  setTimeout(() => process.exit(), 500).unref();
}
