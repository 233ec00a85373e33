// The receipt: a template from the office, filled in, printed to PDF by a slow machine, and archived.
import * as http from 'node:http';
import { answer } from './http.js';
import type { Order } from './orders.js';

const agent = new http.Agent({ keepAlive: true });

/** Makes and archives the receipt; returns the size of the PDF in bytes. */
export async function archiveReceipt(order: Order, total: string, office: string): Promise<number> {
  const html = await fillTemplate(order, total, office);
  const pdf = await print(html, office);

  // In the trace: more bytes up than down, as the row's size says.
  await answer(http.request(`${office}/archive/receipt-${order.id}.pdf`, { agent, method: 'PUT' }).end(pdf));
  return pdf.length;
}

/** The template comes gzipped and fetch unpacks it: the trace counts what came over the wire, 127 B for 8 kB. */
async function fillTemplate(order: Order, total: string, office: string): Promise<string> {
  const response = await fetch(`${office}/templates/receipt.html`);
  return (await response.text()).replaceAll('{{order}}', String(order.id)).replaceAll('{{total}}', total);
}

/** The printer sends each page when it is done: a first byte soon, then a body that takes its time. */
async function print(html: string, office: string): Promise<Buffer> {
  const { body } = await answer(http.request(`${office}/print`, { agent, method: 'POST' }).end(html));
  return body;
}
