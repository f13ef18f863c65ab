import { expect, test } from 'vitest';
import { bookOf, recordDepth } from './book.ts';

const rule = (kind: 'alert' | 'record', name: string, expr: string) => ({
  kind,
  name,
  expr,
  labels: {},
  origin: { path: 'rules' },
});

test('the depth of records is that of the longest way down, and ends where records go round', () => {
  const book = bookOf([
    rule('record', 'a', 'sum(rate(requests_total[5m]))'),
    rule('record', 'b', 'a / 2'),
    rule('record', 'round', 'round + 1'),
    rule('alert', 'Raw', 'up == 0'),
    rule('alert', 'One', 'a > 1 and up == 1'),
    rule('alert', 'Two', 'b > 1 or a > 3'),
    rule('alert', 'Round', 'round > 1'),
  ]);
  const depths = book.alerts.map(({ name, ast }) => [name, recordDepth(book, ast)]);
  expect(depths.slice(0, 3)).toEqual([
    ['Raw', 0],
    ['One', 1],
    ['Two', 2],
  ]);
  expect(depths[3]![1]).toBeLessThan(20);
});
