// Stock is kept by the warehouse, an old machine that takes two connections from each of its customers, no more.
import * as http from 'node:http';
import { answer } from './http.js';
import type { Order } from './orders.js';

/**
 * Two sockets for all stock requests, kept open between them. In the trace: the third article of an order waits in the
 * agent's queue before it is sent, and only the first two requests of the whole run have a connection to set up.
 *
 * The warehouse is addressed by name and listens on IPv4 alone. Where `localhost` has an IPv6 address too, the details
 * of a new connection show both attempts. (`autoSelectFamily` is Node's default from version 20 on.)
 */
const agent = new http.Agent({ keepAlive: true, maxSockets: 2, autoSelectFamily: true });

/** How many of the order's articles are in stock. */
export async function inStock(order: Order, warehouse: string): Promise<number> {
  const counts = await Promise.all(
    order.items.map(async (item) => {
      const { body } = await answer(http.get(`${warehouse}/stock/${item}`, { agent }));
      return (JSON.parse(body.toString()) as { pieces: number }).pieces;
    }),
  );
  return counts.filter((pieces) => pieces > 0).length;
}

/** Takes the articles off the shelf. A body of known length, sent with the headers in one go. */
export async function reserve(order: Order, warehouse: string): Promise<void> {
  const body = JSON.stringify({ order: order.id, items: order.items });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  await answer(http.request(`${warehouse}/reservations`, { agent, method: 'POST', headers }).end(body));
}
