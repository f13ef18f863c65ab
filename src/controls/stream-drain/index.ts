import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { check } from './check.ts';
import { drains, streamingServices } from './input.ts';
import { synth } from './synth.ts';

const span = z.string().refine(isDuration, 'expected a duration such as 5s or 2m');

export const control = defineControl({
  meta: {
    id: 'stream-drain',
    title: 'Drain of live streams',
    statement:
      'A terminating pod takes no new session, and its grace period covers preStop, propagation, the drain window and load-balancer deregistration.',
    area: 'edge',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'nginx-conf'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    propagation: span.default('5s').describe('Time until every proxy in the cluster has taken a leaving pod out.'),
    balancerPropagation: span
      .default('10s')
      .describe('Time until a load balancer that targets pods opens no new connection to a leaving one.'),
  }),
  subjects: streamingServices,
  inputs: drains,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
