// The orders of this run. Money is in whole cents throughout, so that sums stay exact.

export interface Order {
  id: number;
  country: string;
  /** Article numbers; the same number twice means two pieces. */
  items: string[];
  coupon?: string;
  customer: string;
}

export const orders: Order[] = [
  { id: 81, country: 'DE', items: ['kettle', 'teapot', 'cup', 'saucer'], coupon: 'WINTER25', customer: 'c-1001' },
  { id: 82, country: 'FR', items: ['grinder', 'beans', 'cup'], customer: 'c-1002' },
  { id: 83, country: 'NL', items: ['teapot', 'cup', 'spoon', 'tray', 'sugar'], customer: 'c-1003' },
];

export const money = (cents: number): string => `${(cents / 100).toFixed(2)} EUR`;
