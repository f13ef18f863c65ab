/** Series on which alerts fire are found by trying, for every alert of the reference platform and for those of others. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { fasterExpression, shortestWindow } from '../faster.ts';
import type { RuleText } from '../rules.ts';
import { bookOf } from '../slo/judge/index.ts';
import { holdsAt, timelineOf } from './timeline.ts';
import { faultyWorld, quietAfter, wavesOf } from './waves.ts';

const LIMITS = { within: 30, step: 0.5 };
const alert = (name: string, expr: string): RuleText => ({
  kind: 'alert',
  name,
  expr,
  labels: {},
  origin: { path: 'test' },
});

function platform(): RuleText[] {
  const folder = join(import.meta.dirname, '../../../../examples/gpu-cloud/k8s/base/observability/rules');
  type Document = {
    spec: { groups: { rules: { alert?: string; record?: string; expr: string; labels?: Record<string, string> }[] }[] };
  };
  return readdirSync(folder)
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((one) => one.toJS() as Document))
    .flatMap(({ spec }) => spec.groups.flatMap(({ rules }) => rules))
    .map(({ alert: name, record, expr, labels = {} }) => ({
      kind: name === undefined ? 'record' : 'alert',
      name: name ?? record ?? '',
      expr: fasterExpression(expr, 360, shortestWindow(1)),
      labels,
      origin: { path: 'platform' },
    }));
}

describe('the alerts of the reference platform', () => {
  const book = bookOf(platform());
  const waves = wavesOf(book, LIMITS);

  test('all are silent in one world, and each fires in one of a few others', () => {
    expect(waves.left).toEqual([]);
    expect(waves.constant).toEqual(['Watchdog']);
    expect(waves.waves.length).toBeLessThanOrEqual(4);
    expect(waves.waves.flatMap(({ alerts }) => alerts).length).toBe(book.alerts.length - 1);
    const healthy = timelineOf([{ from: -Infinity, series: waves.healthy }]);
    for (const { alerts, ...wave } of waves.waves) {
      const faulty = timelineOf([
        { from: -Infinity, series: waves.healthy },
        { from: 0, series: faultyWorld(waves.healthy, wave) },
      ]);
      for (const { name, expr, after } of alerts) {
        expect([name, holdsAt(expr, healthy, 0, book)]).toEqual([name, false]);
        expect([name, holdsAt(expr, faulty, after + 1, book)]).toEqual([name, true]);
      }
    }
  });

  test('what ends is quiet as soon as its short window has forgotten it', () => {
    const [wave] = waves.waves;
    const faulty = faultyWorld(waves.healthy, wave!);
    const of = (name: string) =>
      quietAfter(
        wave!.alerts.find((one) => one.name === name)!.expr,
        { healthy: waves.healthy, faulty, lasted: 20 },
        book,
        { within: 90, step: 1 },
      );
    expect(of('PostgresReplicationLag')).toBe(0);
    expect(of('ApiAvailabilityBurnFast')).toBe(4);
    expect(of('ApiAvailabilityBurnSlow')).toBe(60);
  });
});

describe('alerts that cannot fire', () => {
  test.each([
    ['contradicts itself', 'max(lag) > 60 and max(lag) < 50'],
    ['compares what is never joined', 'a{x="1"} > 0 and a{x="2"} > 0'],
    [
      'is above what a share can be',
      'sum(rate(bad_total[5s])) / (sum(rate(bad_total[5s])) + sum(rate(good_total[5s]))) > 1',
    ],
  ])('one that %s is left', (_, expr) => {
    const { left, waves } = wavesOf(bookOf([alert('Never', expr)]), LIMITS);
    expect(waves).toEqual([]);
    expect(left.map(({ alert: name }) => name)).toEqual(['Never']);
  });

  test('what is not known here is said, and not guessed', () => {
    const { left } = wavesOf(bookOf([alert('Sub', 'max_over_time(rate(x[5s])[1m:5s]) > 1')]), LIMITS);
    expect(left).toEqual([{ alert: 'Sub', because: expect.stringMatching(/\w/) as string }]);
  });
});
