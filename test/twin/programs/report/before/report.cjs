// A nightly job: reads the orders of a day, has an invoice made for each, and sends a report. API: base URL of the shop.
const { customersOf } = require('./steps/customers.cjs');
const { invoiceOf } = require('./steps/invoices.cjs');
const { send } = require('./steps/send.cjs');
const { inStock } = require('./steps/stock.cjs');

const api = process.env.API;

async function main() {
  const day = '2026-11-20';
  const orders = await (await fetch(`${api}/orders?day=${day}`)).json();
  const customers = await customersOf(orders);
  const missing = [];
  const invoices = [];
  for (const order of orders) {
    invoices.push(await invoiceOf(order, customers.get(order.customer)));
    if (!(await inStock(order.sku))) missing.push(order.sku);
  }
  await send({ day, total: invoices.reduce((sum, { total }) => sum + total, 0), missing });
}
main();
