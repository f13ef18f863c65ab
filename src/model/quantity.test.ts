import { expect, test } from 'vitest';
import { formatQuantity, parseQuantity } from './quantity.ts';

const UNIT = 1_000_000_000n;

test.each([
  ['1', UNIT],
  ['0', 0n],
  ['500m', UNIT / 2n],
  ['0.5', UNIT / 2n],
  ['.5', UNIT / 2n],
  ['5.', 5n * UNIT],
  ['1Ki', 1024n * UNIT],
  ['1.5Gi', 1_610_612_736n * UNIT],
  ['1k', 1000n * UNIT],
  ['2e3', 2000n * UNIT],
  ['2E3', 2000n * UNIT],
  ['1E', 10n ** 18n * UNIT],
  ['15e-1', (3n * UNIT) / 2n],
  ['1n', 1n],
  ['0.1n', 1n],
  ['-1', -UNIT],
])('%s', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

test.each(['', '1 Gi', 'Gi', '1GB', '1gi', '1K', '0x10', '1.2.3', '1e', '1e999', 'NaN', '9'.repeat(50)])(
  '%j is none',
  (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  },
);

test('amounts are written as people do', () => {
  expect(formatQuantity(UNIT * 2n, 'cpu')).toBe('2');
  expect(formatQuantity(UNIT + UNIT / 4n, 'requests.cpu')).toBe('1250m');
  expect(formatQuantity(parseQuantity('1536Mi') ?? 0n, 'limits.memory')).toBe('1.5Gi');
  expect(formatQuantity(parseQuantity('512m') ?? 0n, 'memory')).toBe('0');
  expect(formatQuantity(UNIT * 3n, 'pods')).toBe('3');
});
