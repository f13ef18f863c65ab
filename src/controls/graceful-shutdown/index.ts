import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { check } from './check.ts';
import { drainingServices, shutdowns } from './input.ts';
import { synth } from './synth.ts';

const span = z.string().refine(isDuration, 'expected a duration such as 5s or 2m');

export const control = defineControl({
  meta: {
    id: 'graceful-shutdown',
    title: 'Graceful shutdown',
    statement:
      'A rollout under load drops no request: a pod that must go answers until nobody asks it any more, ends its open work within its grace period, and goes after its successor came up.',
    area: 'service-behaviour',
    stage: 'week-1',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 6,
  },
  params: z.object({
    propagation: span.default('5s').describe('Time until every proxy in the cluster has taken a leaving pod out.'),
    balancerPropagation: span
      .default('10s')
      .describe('Time until a load balancer that targets pods opens no new connection to a leaving one.'),
    requestTime: span
      .default('10s')
      .describe('Time that open requests need where the spec names neither drainWindow nor limits.requestTimeout.'),
    surgeOnly: z.boolean().default(true).describe('Ask that no pod goes before its successor is ready.'),
  }),
  subjects: drainingServices,
  inputs: shutdowns,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
