import { isMapping } from '../../../model/cursor.ts';

/**
 * A price, in the columns of FOCUS (FinOps Open Cost and Usage Specification 1.0 and later): what one `PricingUnit` of a
 * `SkuId` costs, by contract where there is one, else by list.
 */
export interface Price {
  readonly sku: string;
  /** `Hours`, `GB-Months`. */
  readonly unit: string;
  readonly unitPrice: number;
  readonly currency: string;
}

export interface PriceTable {
  /** `docs/operations/prices.csv of 2026-11-02`. */
  readonly name: string;
  readonly asOf: string;
  readonly prices: readonly Price[];
  /** True for the table that comes along, whose prices are nobody's own. */
  readonly general: boolean;
}

/** Rows that a table may have; a larger one is a bill, not a price list. */
const MOST_ROWS = 20_000;

/** Reads a table in CSV (RFC 4180) or JSON (a list of rows, or `{ "rows": […] }`); answers a mistake in words. */
export function parsePrices(text: string, path: string): readonly Price[] | { readonly mistake: string } {
  const rows = /\.json$/i.test(path) ? jsonRows(text) : csvRows(text);
  if (rows === undefined) return { mistake: 'it is no table' };
  if (rows.length > MOST_ROWS) return { mistake: `it has more than ${MOST_ROWS} rows` };
  const prices: Price[] = [];
  for (const [index, row] of rows.entries()) {
    const price = priceOf(row);
    if (price === undefined)
      return {
        mistake: `row ${index + 1} lacks SkuId, PricingUnit, BillingCurrency, or a number as ListUnitPrice or ContractedUnitPrice`,
      };
    prices.push(price);
  }
  return prices.length === 0 ? { mistake: 'it has no rows' } : prices;
}

function priceOf(row: Readonly<Record<string, unknown>>): Price | undefined {
  const text = (column: string): string => String(row[column] ?? '').trim();
  const contracted = text('ContractedUnitPrice');
  const unitPrice = Number(contracted === '' ? text('ListUnitPrice') || Number.NaN : contracted);
  const price = { sku: text('SkuId'), unit: text('PricingUnit'), unitPrice, currency: text('BillingCurrency') };
  const complete =
    price.sku !== '' && price.unit !== '' && price.currency !== '' && Number.isFinite(unitPrice) && unitPrice >= 0;
  return complete ? price : undefined;
}

function jsonRows(text: string): Record<string, unknown>[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const rows: unknown = isMapping(parsed) ? parsed['rows'] : parsed;
    return Array.isArray(rows) && rows.every(isMapping) ? rows : undefined;
  } catch {
    return undefined;
  }
}

function csvRows(text: string): Record<string, string>[] | undefined {
  const [header, ...lines] = cells(text);
  if (header === undefined || !header.includes('SkuId')) return undefined;
  return lines
    .filter((line) => line.some((cell) => cell !== ''))
    .map((line) => Object.fromEntries(header.map((column, index) => [column, line[index] ?? ''])));
}

/** Quoted cells may hold commas, line breaks and doubled quotes. Lines that start with `#` are comments. */
function cells(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r?\n|$)/gy;
  const body = text.replaceAll(/^#.*\r?\n?/gm, '').replace(/^\uFEFF/, '');
  for (let match = cell.exec(body); match !== null; match = cell.exec(body)) {
    const [whole, quoted, plain = '', end] = match;
    row.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (end !== ',') {
      rows.push(row);
      row = [];
    }
    if (whole === '' || cell.lastIndex >= body.length) break;
  }
  return rows;
}
