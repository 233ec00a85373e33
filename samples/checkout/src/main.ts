// The checkout: takes its three orders from basket to receipt, then prints labels and sends notices.
import { checkout } from './checkout.js';
import { printLabels } from './labels.js';
import { sendNotices } from './notices.js';
import { orders } from './orders.js';
import { say } from './say.js';
import { openShop } from './shop.js';
import { loadTaxRates } from './tax.js';

const shop = await openShop();
try {
  const rates = await loadTaxRates(orders, shop.office);
  say(`tax rates of ${Object.keys(rates).join(', ')} loaded`);

  for (const order of orders) await checkout(order, rates, shop);

  const parcels = await printLabels(orders, shop.office);
  say(`labels printed: ${parcels.join(', ')}`);

  const failed = await sendNotices(orders, shop.office);
  for (const line of failed) say(line);

  say(`${orders.length} orders done, ${failed.length} notices failed`);
} finally {
  await shop.close();
}
