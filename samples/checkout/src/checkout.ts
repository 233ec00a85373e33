// One order from basket to receipt.
import { inStock, reserve } from './inventory.js';
import { money, type Order } from './orders.js';
import { checkRisk, pay } from './payment.js';
import { discountOf, priceOf } from './prices.js';
import { archiveReceipt } from './receipt.js';
import { say } from './say.js';
import type { Addresses } from './shop.js';
import type { TaxRates } from './tax.js';

export async function checkout(order: Order, rates: TaxRates, shop: Addresses): Promise<void> {
  const [net, pieces] = await Promise.all([priceOf(order, shop.catalogue), inStock(order, shop.warehouse)]);
  let cents = Math.round(net * (1 + (rates[order.country] ?? 0) / 100));
  say(`order ${order.id}: ${pieces} of ${order.items.length} articles in stock, ${money(cents)}`);

  if (order.coupon !== undefined) {
    const percent = await discountOf(order.coupon, shop.catalogue);
    if (percent === undefined) say(`order ${order.id}: no coupon ${order.coupon}`);
    else cents = Math.round(cents * (1 - percent / 100));
  }

  await reserve(order, shop.warehouse);
  await checkRisk(order, shop.risk);
  const intent = await pay(order, cents, shop.bank);
  say(`order ${order.id} paid with ${intent}`);

  const bytes = await archiveReceipt(order, money(cents), shop.office);
  say(`order ${order.id}: receipt archived, ${Math.round(bytes / 1000)} kB`);
}
