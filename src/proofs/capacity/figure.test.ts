import { expect, test } from 'vitest';
import { count, show } from './figure.ts';

test.each([
  [0, '0'],
  [1.5, '1.5'],
  [9.876, '9.88'],
  [12.34, '12.3'],
  [999, '999'],
  [1000, '1,000'],
  [1234567.89, '1,234,567.9'],
  [-1234.5, '-1,234.5'],
  [0.001, '0'],
])('%d is read as %s', (value, words) => {
  expect(show(value)).toBe(words);
});

test('one is told from many', () => {
  expect([count(1, 'pod'), count(3, 'pod'), count(2, 'copy', 'copies')]).toEqual(['1 pod', '3 pods', '2 copies']);
});
