import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { capacity, servicesAndCapacity } from './input.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'resources-and-autoscaling',
    title: 'Resources and autoscaling',
    statement:
      'Every container has requests and a memory limit, every scaled service an autoscaler that can work on a metric that fits it, and the sums fit the quotas.',
    area: 'workloads',
    stage: 'week-1',
    launch: false,
    sources: ['PF', 'IR3', 'IR7', 'LR'],
    halves: ['check'],
    reads: ['spec', 'kubernetes'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    cpuLimits: z
      .boolean()
      .default(false)
      .describe('Ask for CPU limits too. They throttle a container even on an idle node.'),
    autoscaler: z
      .enum(['serving', 'none'])
      .default('serving')
      .describe(
        'serving: APIs, gateways, frontends and workers, and whatever runs several replicas, want an autoscaler.',
      ),
    workersScaleOnQueue: z
      .boolean()
      .default(true)
      .describe('A service of kind worker scales on its queue (external, object or pods metric), not on CPU alone.'),
  }),
  subjects: servicesAndCapacity,
  inputs: capacity,
  check,
  synth,
});
