// Runs in a worker thread of tax.ts: asks for one country after the other and hands the rates back.
import { parentPort, workerData } from 'node:worker_threads';
import type { TaxRates } from './tax.js';

const { countries, office } = workerData as { countries: string[]; office: string };

const rates: TaxRates = {};
for (const country of countries) {
  const response = await fetch(`${office}/tax/${country}`);
  rates[country] = ((await response.json()) as { percent: number }).percent;
}
parentPort?.postMessage(rates);
