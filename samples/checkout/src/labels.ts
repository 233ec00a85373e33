// Parcel labels are printed by a process of its own, as the label printer's library likes to crash.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order } from './orders.js';

/** Prints the labels of all orders; returns their parcel numbers. */
export async function printLabels(orders: Order[], office: string): Promise<string[]> {
  const ids = orders.map((order) => String(order.id));
  const printer = fork(fileURLToPath(new URL('./labelPrinter.js', import.meta.url)), [office, ...ids]);
  const [parcels] = (await once(printer, 'message')) as [string[]];
  return parcels;
}
