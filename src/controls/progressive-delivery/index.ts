import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { deliveries, deliveredServices } from './input.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'progressive-delivery',
    title: 'Progressive delivery',
    statement:
      'Every service rolls out in steps judged by error rate and p99, halts on a breach, and does not pass without data.',
    area: 'delivery',
    stage: 'weeks-2-3',
    launch: false,
    sources: ['LR', 'IR4', 'IR8'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    steps: z
      .array(z.int().min(1).max(100))
      .min(1)
      .default([10, 30, 100])
      .describe('Percentages to go through: as many steps at least, and none larger than its counterpart.'),
    quantile: z.number().gt(0).lt(1).default(0.99).describe('Lowest quantile at which latency must be judged.'),
    firstShare: z
      .int()
      .min(1)
      .max(100)
      .default(35)
      .describe('Most of the pods, in percent, that the first step may really replace once weights are whole pods.'),
    abortHanging: z
      .boolean()
      .default(true)
      .describe('Ask that a canary which never becomes ready is given up (progressDeadlineAbort).'),
    prometheus: z
      .string()
      .default('http://prometheus-operated.monitoring.svc:9090')
      .describe('Address that written analysis templates ask.'),
    errorQuery: z
      .string()
      .default(
        'sum(rate(http_requests_total{$canary,status=~"5.."}[5m]))\n/ sum(rate(http_requests_total{$canary}[5m]))',
      )
      .describe('Query for the ratio of errors in written templates; $canary stands for the matchers of the new pods.'),
    latencyQuery: z
      .string()
      .default('histogram_quantile(0.99, sum by (le) (\n  rate(http_request_duration_seconds_bucket{$canary}[5m])))')
      .describe('Query for the latency in written templates; $canary stands for the matchers of the new pods.'),
    maxErrorRatio: z
      .number()
      .min(0)
      .max(1)
      .default(0.01)
      .describe('Highest ratio of errors that written templates let pass.'),
    maxSeconds: z.number().positive().default(1).describe('Highest latency that written templates let pass.'),
  }),
  subjects: deliveredServices,
  inputs: deliveries,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
