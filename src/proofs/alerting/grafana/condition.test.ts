import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../model/cursor.ts';
import { parse, print } from '../promql/index.ts';
import { conditionOf } from './condition.ts';

type Model = Readonly<Record<string, unknown>>;

const query = (refId: string, expr: string, model: Model = {}, source = 'prom'): object => ({
  refId,
  datasourceUid: source,
  relativeTimeRange: { from: 600, to: 0 },
  model: { expr, ...model },
});
const instant = (refId: string, expr: string): object => query(refId, expr, { instant: true });
const expression = (refId: string, type: string, model: Model): object => ({
  refId,
  datasourceUid: '__expr__',
  model: { type, ...model },
});
const above = (refId: string, of: string, params: readonly number[], type = 'gt'): object =>
  expression(refId, 'threshold', { expression: of, conditions: [{ evaluator: { type, params } }] });

function read(condition: string, ...data: readonly object[]): string {
  const found = conditionOf(new Cursor({ title: 'X', condition, data }, { path: 'a.yaml' }), (uid) =>
    uid === 'logs' ? 'loki' : undefined,
  );
  return 'because' in found ? found.because : found.expr;
}

function canonical(text: string): string {
  const parsed = parse(text);
  return parsed.ok ? print(parsed.expr) : text;
}

describe('what an alert of Grafana asks', () => {
  it.each<[string, string, readonly object[], string]>([
    ['a comparison in the query', 'A', [instant('A', 'sum(up) > 3')], 'sum(up) > 3'],
    ['a comparison that is not above 0', 'A', [instant('A', 'x < 3')], '(x < 3) != 0'],
    ['a threshold over a comparison', 'B', [instant('A', 'a / b > 0.1'), above('B', 'A', [0])], 'a / b > 0.1'],
    ['a threshold', 'B', [instant('A', 'sum(up)'), above('B', '$A', [3], 'lt')], 'sum(up) < 3'],
    [
      'a range that is reduced',
      'C',
      [query('A', 'x{job="a"}'), expression('B', 'reduce', { expression: 'A', reducer: 'max' }), above('C', 'B', [1])],
      'max_over_time(x{job="a"}[600s:]) > 1',
    ],
    [
      'the last of a range, within bounds',
      'C',
      [
        query('A', 'x'),
        expression('B', 'reduce', { expression: '${A}', reducer: 'last' }),
        above('C', 'B', [1, 5], 'within_range'),
      ],
      '(x > 1) < 5',
    ],
    [
      'what lies outside of bounds',
      'B',
      [instant('A', 'x'), above('B', 'A', [1, 5], 'outside_range')],
      'x < 1 or x > 5',
    ],
    [
      'a formula',
      'C',
      [
        instant('A', 'rate(e[5m])'),
        instant('B', 'rate(t[$__rate_interval])'),
        expression('C', 'math', { expression: '$A / ${B} > 0.1' }),
      ],
      'rate(e[5m]) / rate(t[1m]) > 0.1',
    ],
    [
      'a formula that joins',
      'C',
      [instant('A', 'x'), instant('B', 'y'), expression('C', 'math', { expression: '$A > 1 && $B > 2' })],
      'x > 1 and y > 2',
    ],
    [
      'classic conditions',
      'B',
      [
        query('A', 'x'),
        expression('B', 'classic_conditions', {
          conditions: [
            { evaluator: { type: 'gt', params: [3] }, query: { params: ['A'] }, reducer: { type: 'avg' } },
            {
              evaluator: { type: 'lt', params: [9] },
              operator: { type: 'and' },
              query: { params: ['A'] },
              reducer: { type: 'last' },
            },
          ],
        }),
      ],
      'avg_over_time(x[600s:]) > 3 and on () x < 9',
    ],
    ['a query alone, which fires where it is not 0', 'A', [instant('A', 'up == 0')], '(up == 0) != 0'],
  ])('%s', (_, condition, data, expected) => {
    expect(canonical(read(condition, ...data))).toBe(canonical(expected));
  });

  it.each<[string, string, readonly object[], string]>([
    [
      'logs',
      'B',
      [query('A', 'rate({app="a"} |= "x" [5m])', { instant: true }, 'logs'), above('B', 'A', [1])],
      'it asks loki',
    ],
    [
      'a database',
      'A',
      [query('A', '', { expr: undefined, rawSql: 'select 1', datasource: { type: 'postgres' } })],
      'it asks postgres',
    ],
    [
      'a data source by name',
      'A',
      [query('A', '', { expr: undefined, datasource: 'CloudWatch' }, 'cw')],
      'it asks the data source cw',
    ],
    [
      'a range that nothing reduces',
      'B',
      [query('A', 'x'), above('B', 'A', [1])],
      'it compares a range of samples that nothing reduces to one',
    ],
    ['a reference to itself', 'B', [above('B', 'B', [1])], 'it has no query or expression B'],
    ['a step that is not there', 'C', [instant('A', 'x')], 'it has no query or expression C'],
    ['another sort of step', 'B', [instant('A', 'x'), expression('B', 'sql', {})], 'its expression B is of type sql'],
    [
      'a sum of comparisons',
      'B',
      [instant('A', 'x'), expression('B', 'math', { expression: '($A > 1) + ($A > 2)' })],
      'its formula ($A > 1) + ($A > 2) reckons with comparisons',
    ],
  ])('says why %s cannot be said', (_, condition, data, because) => {
    expect(read(condition, ...data)).toBe(because);
  });
});
