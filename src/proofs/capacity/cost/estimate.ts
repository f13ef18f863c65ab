import type { Price, PriceTable } from './price-table.ts';

/** Hours of a month, as clouds bill it: 365 days in twelve parts. */
export const MONTH_HOURS = 730;

/** Something paid for by the month: `least` where autoscaling is at its fewest, `most` at its most. */
export interface Quantity {
  /** `6 to 18 nodes of pool general`. */
  readonly what: string;
  /** SKUs that price it, the first that the table knows: each with its amount of that SKU for one. */
  readonly skus: readonly (readonly { readonly sku: string; readonly amount: number }[])[];
  readonly least: number;
  readonly most: number;
  /** Whether it is there all the time, so that a price for hours counts each hour of the month. */
  readonly standing: boolean;
}

export interface CostLine {
  readonly what: string;
  readonly least: number;
  readonly most: number;
  readonly count: { readonly least: number; readonly most: number };
  /** Of one: `0.483 x 730 h`. */
  readonly each: string;
}

export interface Estimate {
  readonly lines: readonly CostLine[];
  readonly least: number;
  readonly most: number;
  /** What the table has no price for, with the SKU that is asked for. */
  readonly unpriced: readonly { readonly what: string; readonly sku: string }[];
  /** Prices in another currency than the budget's; nothing is converted. */
  readonly foreign: readonly string[];
}

/** The cost of a month. Nothing is rounded before the sum. */
export function estimateCost(quantities: readonly Quantity[], table: PriceTable, currency: string): Estimate {
  const prices = new Map(table.prices.map((price) => [price.sku, price]));
  const lines: CostLine[] = [];
  const unpriced: { what: string; sku: string }[] = [];
  const foreign = new Set<string>();
  for (const quantity of quantities) {
    const parts = quantity.skus.find((choice) => choice.every(({ sku }) => prices.has(sku)));
    if (parts === undefined) {
      unpriced.push({ what: quantity.what, sku: quantity.skus[0]?.[0]?.sku ?? '' });
      continue;
    }
    const priced = parts.flatMap(({ sku, amount }) => monthly(prices.get(sku), amount, quantity.standing) ?? []);
    for (const { price } of priced) if (price.currency !== currency) foreign.add(price.currency);
    const each = priced.reduce((sum, { cost }) => sum + cost, 0);
    lines.push({
      what: quantity.what,
      least: quantity.least * each,
      most: quantity.most * each,
      count: { least: quantity.least, most: quantity.most },
      each: priced.length === 1 ? (priced[0]?.text ?? '') : `(${priced.map(({ text }) => text).join(' + ')})`,
    });
  }
  return {
    lines,
    least: lines.reduce((sum, line) => sum + line.least, 0),
    most: lines.reduce((sum, line) => sum + line.most, 0),
    unpriced,
    foreign: [...foreign],
  };
}

/** A price by the hour counts every hour of the month for what stands there; any other counts once. */
function monthly(
  price: Price | undefined,
  amount: number,
  standing: boolean,
): { price: Price; cost: number; text: string } | undefined {
  if (price === undefined) return undefined;
  const hours = standing && /hour|hrs?\b/i.test(price.unit) ? MONTH_HOURS : 1;
  const times = amount === 1 ? '' : `${Math.round(amount * 100) / 100} x `;
  return {
    price,
    cost: amount * price.unitPrice * hours,
    text: `${times}${price.unitPrice}${hours === 1 ? ` per ${price.unit}` : ` x ${hours} h`}`,
  };
}
