// Tax rates are loaded by a worker thread: its requests stand in the same trace, under their own thread.
import { Worker } from 'node:worker_threads';
import type { Order } from './orders.js';

/** Tax in per cent, by country. */
export type TaxRates = Record<string, number>;

export function loadTaxRates(orders: Order[], office: string): Promise<TaxRates> {
  const countries = [...new Set(orders.map((order) => order.country))];
  const worker = new Worker(new URL('./taxWorker.js', import.meta.url), { workerData: { countries, office } });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
