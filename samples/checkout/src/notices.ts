// What customers and others get to know. None of it may stop an order, and here most of it fails, each in its own way.
import * as http from 'node:http';
import { answer, reasonOf } from './http.js';
import type { Order } from './orders.js';

/** Sends all notices at once; returns a line for each that failed. */
export async function sendNotices(orders: Order[], office: string): Promise<string[]> {
  for (const order of orders) countVisit(order, office);

  const [first] = orders;
  if (first === undefined) return [];
  const failures = await Promise.all([
    failureOf('mail', mail(orders)),
    failureOf('text message', textMessage(first)),
    failureOf('loyalty points', creditPoints(first, office)),
  ]);
  return failures.filter((line) => line !== undefined);
}

async function failureOf(notice: string, sent: Promise<void>): Promise<string | undefined> {
  try {
    await sent;
    return undefined;
  } catch (error) {
    return `no ${notice}: ${reasonOf(error)}`;
  }
}

/** No such host: a name in `.invalid` never resolves. In the trace, a failed DNS lookup and nothing after it. */
async function mail(orders: Order[]): Promise<void> {
  await fetch('http://mail.shop.invalid/send', { method: 'POST', body: `${orders.length} orders are on their way` });
}

/** Nobody listens on port 9 of this machine: the connection is refused at once. */
async function textMessage(order: Order): Promise<void> {
  await answer(http.get(`http://127.0.0.1:9/texts?order=${order.id}`));
}

/** The loyalty programme answers after seconds; the shop waits 300 ms and goes on. */
async function creditPoints(order: Order, office: string): Promise<void> {
  await fetch(`${office}/loyalty/${order.customer}`, { signal: AbortSignal.timeout(300) });
}

/**
 * A mistake that is easily made: only the status is of interest, so nobody reads the body. `response.resume()` is
 * missing, hence the connection can neither be used again nor be closed. The trace says "not read".
 */
function countVisit(order: Order, office: string): void {
  const visit = http.get(`${office}/visits?order=${order.id}`, (response) => response.statusCode);
  visit.on('error', () => undefined); // statistics are not worth a failed order
}
