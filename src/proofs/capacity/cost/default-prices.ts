import type { Price, PriceTable } from './price-table.ts';

const usd = (sku: string, unit: string, unitPrice: number): Price => ({ sku, unit, unitPrice, currency: 'USD' });

/**
 * Prices to start with, until there is a table of one's own: the defaults of OpenCost for what it cannot look up
 * (opencost `configs/default.json`, "based on GCP us-central1"), read on the day given. They are on-demand list prices of one region of
 * one cloud, they age, and they are nobody's invoice: an estimate made with them is shown and decides nothing.
 */
export const DEFAULT_PRICES: PriceTable = {
  name: 'the general prices of 2026-11-01 (list prices of OpenCost, one region of one cloud)',
  asOf: '2026-11-01',
  general: true,
  prices: [
    usd('vcpu', 'vCPU-Hours', 0.031611),
    usd('memory', 'GiB-Hours', 0.004237),
    usd('gpu', 'GPU-Hours', 0.95),
    usd('block-storage', 'GiB-Months', 0.04),
    usd('internet-egress', 'GB', 0.12),
  ],
};
