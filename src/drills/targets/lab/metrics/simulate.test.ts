import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { needs } from '../../../../../test/need.ts';
import type { LoadedRule } from '../../../../model/drill/metrics.ts';
import { simulateRules } from './simulate.ts';

const rules: LoadedRule[] = [
  {
    kind: 'record',
    name: 'job:requests:rate1m',
    group: 'b',
    expr: 'sum(rate(requests_total[1m]))',
    holdSeconds: 0,
    labels: {},
  },
  {
    kind: 'alert',
    name: 'Too many requests',
    group: 'a',
    expr: 'job:requests:rate1m > 1',
    holdSeconds: 30,
    labels: {},
  },
];

describe.runIf(needs('promtool'))('simulated time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-simulate-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (values: string, loaded = rules) =>
    simulateRules(
      loaded,
      {
        stepSeconds: 15,
        steps: 60,
        series: [{ series: 'requests_total{job="api"}', values }],
        alerts: ['Too many requests'],
      },
      join(folder, 'run'),
      AbortSignal.timeout(20_000),
    );

  test('says when an alert fired, its for included', async () => {
    const fired = (await run('0+1x29 30+60x30')).get('Too many requests') ?? [];
    // The first sample of the burst comes at 465 s, and the for takes 30 s.
    expect(fired[0]).toBe(495);
    expect(fired.at(-1)).toBe(885);
  });

  test('a quiet alert never fired', async () => {
    expect(await run('0+1x60')).toEqual(new Map([['Too many requests', []]]));
  });

  test('rules of others do not count, and records that it rests on do, in whatever group', async () => {
    const others: LoadedRule[] = Array.from({ length: 50 }, (_, number) => ({
      ...rules[1]!,
      name: `Other ${number}`,
      expr: 'requests_total > 0',
    }));
    const deeper: LoadedRule = { ...rules[0]!, name: 'job:requests:rate', expr: 'job:requests:rate1m * 1', group: 'c' };
    const alert: LoadedRule = { ...rules[1]!, expr: 'job:requests:rate > 1', group: 'd' };
    const fired = await run('0+1x29 30+60x30', [...others, rules[0]!, deeper, alert]);
    expect(fired.get('Too many requests')?.[0]).toBe(495);
    expect([...fired.keys()]).toEqual(['Too many requests']);
  });

  test('rules that promtool cannot read are no silence', async () => {
    await expect(run('0+1x60', [{ ...rules[1]!, expr: 'requests_total >' }])).rejects.toThrow('could not run');
  });
});
