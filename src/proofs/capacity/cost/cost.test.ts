import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceSize } from '../instances.ts';
import { estimateCost, type Quantity } from './estimate.ts';
import { parsePrices, type PriceTable } from './price-table.ts';

describe('a table of prices', () => {
  test('is read from CSV with quotes, comments and other columns, the contract before the list', () => {
    const text =
      '# taken in May\r\nSkuId,ChargeDescription,PricingUnit,ListUnitPrice,ContractedUnitPrice,BillingCurrency\r\nm7i.large,"Linux, ""on demand""\nin Frankfurt",Hours,0.12,0.09,USD\r\negress,,GB,0.09,,USD\r\n';
    expect(parsePrices(text, 'prices.csv')).toEqual([
      { sku: 'm7i.large', unit: 'Hours', unitPrice: 0.09, currency: 'USD' },
      { sku: 'egress', unit: 'GB', unitPrice: 0.09, currency: 'USD' },
    ]);
  });

  test('is read from JSON', () => {
    const rows = [{ SkuId: 'gpu', PricingUnit: 'Hours', ListUnitPrice: 2.5, BillingCurrency: 'EUR' }];
    const prices = [{ sku: 'gpu', unit: 'Hours', unitPrice: 2.5, currency: 'EUR' }];
    expect(parsePrices(JSON.stringify(rows), 'a.focus.json')).toEqual(prices);
    expect(parsePrices(JSON.stringify({ rows }), 'a.focus.json')).toEqual(prices);
  });

  test.each([
    ['no header', 'a,b\n1,2\n'],
    ['no rows', 'SkuId,PricingUnit,ListUnitPrice,BillingCurrency\n'],
    ['no price', 'SkuId,PricingUnit,ListUnitPrice,BillingCurrency\nx,Hours,,USD\n'],
    ['a negative price', 'SkuId,PricingUnit,ListUnitPrice,BillingCurrency\nx,Hours,-1,USD\n'],
    ['words for a price', 'SkuId,PricingUnit,ListUnitPrice,BillingCurrency\nx,Hours,cheap,USD\n'],
    ['nothing', ''],
  ])('with %s is refused', (_what, text) => {
    expect(parsePrices(text, 'prices.csv')).toHaveProperty('mistake');
  });
});

describe('an estimate', () => {
  const table: PriceTable = {
    name: 'table',
    asOf: '2026-01-01',
    general: false,
    prices: [
      { sku: 'node', unit: 'Hours', unitPrice: 0.5, currency: 'USD' },
      { sku: 'vcpu', unit: 'vCPU-Hours', unitPrice: 0.03, currency: 'USD' },
      { sku: 'memory', unit: 'GiB-Hours', unitPrice: 0.004, currency: 'USD' },
      { sku: 'disk', unit: 'GB-Months', unitPrice: 0.1, currency: 'USD' },
    ],
  };
  const nodes: Quantity = { what: 'nodes', skus: [[{ sku: 'node', amount: 1 }]], least: 2, most: 6, standing: true };

  test('counts each hour of a month for what stands there, and a month once', () => {
    const disk: Quantity = { what: 'disk', skus: [[{ sku: 'disk', amount: 100 }]], least: 3, most: 3, standing: true };
    expect(estimateCost([nodes, disk], table, 'USD')).toMatchObject({
      least: 2 * 0.5 * 730 + 30,
      most: 6 * 0.5 * 730 + 30,
      unpriced: [],
    });
  });

  test('takes the first choice that has prices for all its parts, and names what has none', () => {
    const parts = [
      { sku: 'vcpu', amount: 8 },
      { sku: 'memory', amount: 32 },
    ];
    const choice: Quantity = { ...nodes, skus: [[{ sku: 'unknown.type', amount: 1 }], parts] };
    expect(estimateCost([choice], table, 'USD').most).toBeCloseTo(6 * 730 * (8 * 0.03 + 32 * 0.004), 6);
    expect(estimateCost([{ ...nodes, skus: [[{ sku: 'unknown.type', amount: 1 }]] }], table, 'USD').unpriced).toEqual([
      { what: 'nodes', sku: 'unknown.type' },
    ]);
    expect(estimateCost([nodes], table, 'EUR').foreign).toEqual(['USD']);
  });

  test('grows with every quantity and is the sum of its lines', () => {
    const quantity = fc.record({
      what: fc.string(),
      skus: fc.constantFrom(nodes.skus, [[{ sku: 'disk', amount: 2 }]]),
      least: fc.nat(20),
      most: fc.nat(20),
      standing: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(quantity), quantity, (all, more) => {
        const before = estimateCost(all, table, 'USD');
        expect(estimateCost([...all, more], table, 'USD').most).toBeGreaterThanOrEqual(before.most);
        expect(before.lines.reduce((sum, { most }) => sum + most, 0)).toBeCloseTo(before.most, 6);
      }),
    );
  });
});

test.each([
  ['m7i.2xlarge', { vcpu: 8, memoryGiB: 32 }],
  ['r7g.large', { vcpu: 2, memoryGiB: 16 }],
  ['db.r7g.large', { vcpu: 2, memoryGiB: 16 }],
  ['c6gn.16xlarge', { vcpu: 64, memoryGiB: 128 }],
  ['t4g.medium', { vcpu: 2, memoryGiB: 4 }],
  ['db.t3.micro', { vcpu: 2, memoryGiB: 1 }],
  ['g6.xlarge', undefined],
  ['m4.large', undefined],
  ['r5b.metal', undefined],
  ['large', undefined],
])('instance type %s', (type, size) => {
  expect(instanceSize(type)).toEqual(size);
});
