import { describe, expect, test } from 'vitest';
import type { DeliveryPlan, Metric, Watch } from '../../proofs/canary/index.ts';
import { check } from './check.ts';
import { control } from './index.ts';
import type { Params } from './input.ts';
import { synth } from './synth.ts';

const origin = { path: 'k8s/api.yaml', document: 0, pointer: ['spec', 'strategy', 'canary'] };
const subject = { kind: 'service', name: 'api' } as const;
const params = control.params.parse({}) as Params;
const ratio = 'sum(rate(requests_total{role="canary",code=~"5.."}[5m])) / sum(rate(requests_total{role="canary"}[5m]))';
const p99 = 'histogram_quantile(0.99, sum by (le) (rate(request_seconds_bucket{role="canary"}[5m])))';

function watch(
  name: string,
  query: string,
  changes: Partial<Metric['judgement']> = {},
  rest: Partial<Watch> = {},
): Watch {
  const judgement = {
    failureLimit: 0,
    inconclusiveLimit: 0,
    errorLimit: 4,
    count: 5,
    successCondition: 'result[0] <= 0.01',
    ...changes,
  };
  const place = { ...origin, pointer: ['spec', 'metrics', name] };
  return {
    background: false,
    metric: {
      name,
      template: 'AnalysisTemplate shop/http',
      provider: 'prometheus',
      query,
      judgement,
      stated: {
        ...(judgement.successCondition !== undefined && { success: judgement.successCondition }),
        ...(judgement.failureCondition !== undefined && { failure: judgement.failureCondition }),
      },
      interval: 60,
      initialDelay: 0,
      dryRun: false,
      origin: place,
      judged: { origin: place },
    },
    ...rest,
  };
}

function plan(watched: readonly Watch[], changes: Partial<DeliveryPlan> = {}): DeliveryPlan {
  return {
    id: 'Rollout shop/api',
    by: 'argo-canary',
    stages: [10, 30].map((weight) => ({ weight, watched, person: false, origin })),
    replicas: 10,
    maxSurge: 1,
    routed: false,
    marks: [{ label: 'role', value: 'canary' }],
    history: { value: 10, origin },
    abortsHanging: true,
    missing: [],
    origin,
    ...changes,
  };
}

const good = [watch('errors', ratio), watch('p99', p99)];

describe('check', () => {
  test('passes steps that are judged, and names what sees both versions', () => {
    expect(check(subject, [plan(good)], params).outcome).toBe('pass');
    const both = [
      watch('errors', ratio.replaceAll('role="canary",', '').replace('role="canary"', '')),
      watch('p99', p99),
    ];
    expect(check(subject, [plan(both)], params)).toMatchObject({
      outcome: 'pass',
      witness: { facts: { seesBothVersions: 'AnalysisTemplate shop/http errors' } },
    });
  });

  test('takes a blue-green release that is judged before the switch', () => {
    const stages = [{ weight: 0, watched: good, person: false, origin }];
    expect(check(subject, [plan([], { by: 'argo-blue-green', stages })], params).outcome).toBe('pass');
    expect(
      check(subject, [plan([], { by: 'argo-blue-green', stages: [{ ...stages[0]!, watched: [] }] })], params).outcome,
    ).toBe('fail');
  });

  test('reports a metric once, however many steps ask it', () => {
    const loose = [watch('errors', ratio, { failureLimit: 9 }), watch('p99', p99)];
    const result = check(subject, [plan(loose)], params);
    expect(result).toMatchObject({ findings: [{ message: expect.stringContaining('bears 9 failures') }] });
  });

  test('lets finer steps be finer, and asks for as many', () => {
    const through = (...weights: number[]): string =>
      check(
        subject,
        [plan(good, { stages: weights.map((weight) => ({ weight, watched: good, person: false, origin })) })],
        params,
      ).outcome;
    expect(through(5, 10, 25, 50)).toBe('pass');
    expect(through(10, 50)).toBe('fail');
    expect(through(10)).toBe('fail');
  });
});

describe('synth', () => {
  test('asks for data first, in the words of the template', () => {
    const passing = watch('errors', ratio, { successCondition: 'len(result) == 0 || result[0] <= 0.01' });
    expect(synth(subject, [plan([passing, watch('p99', p99)])], params)).toMatchObject([
      {
        op: 'set',
        origin: { pointer: ['spec', 'metrics', 'errors', 'successCondition'] },
        value: 'len(result) > 0 && !isNaN(result[0]) && (len(result) == 0 || result[0] <= 0.01)',
      },
    ]);
  });

  test('writes steps and a template where nothing judges', () => {
    const [steps, template] = synth(subject, [plan([])], params);
    expect(steps).toMatchObject({ op: 'set', origin: { pointer: [...origin.pointer, 'steps'] } });
    expect(template).toMatchObject({
      op: 'add-object',
      object: { kind: 'AnalysisTemplate', metadata: { name: 'api-canary', namespace: 'shop' } },
    });
  });

  test.each([
    ['a query that counts silence as zero', plan([watch('errors', `(${ratio}) or vector(0)`), watch('p99', p99)])],
    ['two pods without a router', plan([], { replicas: 2, maxSurge: 0 })],
    ['a Deployment', plan([], { by: 'none', stages: [] })],
    ['a template that is not there', plan([], { missing: [{ what: 'AnalysisTemplate shop/http', origin }] })],
  ])('leaves %s to people', (_name, given) => {
    expect(synth(subject, [given], params)).toEqual([]);
  });
});
