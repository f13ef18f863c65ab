import { describe, expect, test } from 'vitest';
import type { LoadReport } from '../../model/drill/load.ts';
import { shortOf, quantileOf } from './ramp.ts';
import { exhaustedPools, whatIsFull, type Watched } from './watch.ts';

const report: LoadReport = {
  startedAt: 0,
  seconds: 2,
  due: 1000,
  sent: 1000,
  answered: 1000,
  statuses: { '200': 1000 },
  errors: {},
  latency: { p50: 5, p90: 20, p99: 40, p999: 90, max: 120 },
  curve: [],
  saturated: false,
  latestMs: 3,
};
const idle: Watched = {
  processors: new Map([['service/api', 0.3]]),
  machine: 0.5,
  others: 0.02,
  pools: new Map([['service/api', new Map()]]),
};

describe('what is full', () => {
  test('the generator comes before everything, whatever else is full', () => {
    const busy = { ...idle, processors: new Map([['service/api', 1]]), machine: 1 };
    expect(whatIsFull(busy, { ...report, saturated: true, latestMs: 80 })).toMatchObject({ kind: 'generator' });
  });

  test('a process that has a processor to itself is named, on a machine that has none left, too', () => {
    const processors = new Map([
      ['service/api', 0.7],
      ['store/postgres', 0.97],
    ]);
    expect(whatIsFull({ ...idle, processors, machine: 1 }, report)).toEqual({
      kind: 'layer',
      layer: 'store/postgres',
      what: 'the processor of store/postgres (97 % of one)',
    });
  });

  test('a machine that is used up by all of them says nothing of any', () => {
    const pools = new Map([['service/api', new Map([['postgres', 1]])]]);
    expect(whatIsFull({ ...idle, machine: 0.99, pools }, report)).toMatchObject({ kind: 'machine' });
  });

  test('a machine of which others use much says nothing of the target, unless a part of it has a processor to itself', () => {
    const pools = new Map([['service/api', new Map([['postgres', 1]])]]);
    const shared = { ...idle, others: 0.25, pools };
    expect(whatIsFull(shared, report)).toEqual({
      kind: 'machine',
      what: 'the machine, of whose processors other programs used 25 %',
    });
    expect(whatIsFull({ ...shared, processors: new Map([['service/api', 0.95]]) }, report)).toMatchObject({
      kind: 'layer',
      layer: 'service/api',
    });
  });

  test('a pool counts when requests wait for it most of the time', () => {
    const waiting = (share: number) => ({
      ...idle,
      pools: new Map([['service/api', new Map([['postgres', share]])]]),
    });
    expect(whatIsFull(waiting(0.9), report)).toMatchObject({ kind: 'layer', layer: 'service/api' });
    expect(whatIsFull(waiting(0.2), report)).toMatchObject({ kind: 'unknown' });
  });

  test('rates that are refused, and what nobody measures', () => {
    expect(whatIsFull(idle, { ...report, statuses: { '200': 400, '429': 600 } }).what).toContain('refused 600 of 1000');
    expect(whatIsFull({ ...idle, machine: undefined }, report).what).toContain('service/api 30 %');
  });
});

test('a pool is exhausted when requests wait and every connection is used', () => {
  const page = (waiting: number, used: number) =>
    [
      '# TYPE pool_connections gauge',
      'pool_connections{pool="postgres",state="idle"} 0',
      `pool_connections{pool="postgres",state="used"} ${used}`,
      'pool_connections_max{pool="postgres"} 7',
      `pool_waiting_requests{pool="postgres"} ${waiting}`,
    ].join('\n');
  expect(exhaustedPools(page(3, 7))).toEqual(['postgres']);
  expect(exhaustedPools(page(3, 6))).toEqual([]);
  expect(exhaustedPools(page(0, 7))).toEqual([]);
  expect(exhaustedPools('')).toEqual([]);
});

describe('what is short of its objectives', () => {
  const objectives = { availability: 99.9, latency: { percent: 99, seconds: 0.5 } };

  test('failures beyond the budget, refusals among them', () => {
    expect(shortOf(report, objectives)).toBe('');
    expect(shortOf({ ...report, statuses: { '200': 999, '503': 1 } }, objectives)).toBe('');
    expect(shortOf({ ...report, statuses: { '200': 998, '503': 1 }, errors: { timeout: 1 } }, objectives)).toBe(
      '2 of 1000 failed (503 x 1, timeout x 1)',
    );
    expect(shortOf({ ...report, statuses: { '200': 999, '429': 1 } }, {})).toContain('429 x 1');
    expect(shortOf({ ...report, statuses: { '302': 1000 } }, objectives)).toBe('1000 of 1000 failed (302 x 1000)');
  });

  test('the quantile that the objective asks for, or a harder one', () => {
    const slow = { ...report, latency: { ...report.latency, p99: 501 } };
    expect(shortOf(slow, objectives)).toBe('p99 was 501 ms');
    expect(quantileOf(report, 95)).toEqual({ name: 'p99', ms: 40 });
    expect(quantileOf(report, 99.99)).toEqual({ name: 'the longest', ms: 120 });
  });

  test('a report of nothing is no success', () => {
    expect(() => shortOf({ ...report, due: 0 }, objectives)).toThrow('no request was due');
    expect(shortOf({ ...report, saturated: true }, objectives)).not.toBe('');
  });
});
