import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { disruptions, drained } from './input.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'disruption-budget',
    title: 'Disruption budgets',
    statement:
      'Budget, replicas, autoscaler minimum and surge together let every node drain and rollout finish without going below quorum.',
    area: 'workloads',
    stage: 'week-1',
    launch: false,
    sources: ['LR', 'IR3'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 7,
  },
  params: z.object({
    unreadyPodsMayGo: z
      .boolean()
      .default(false)
      .describe(
        'Ask that pods which never become ready can always be evicted (unhealthyPodEvictionPolicy: AlwaysAllow).',
      ),
  }),
  subjects: drained,
  inputs: disruptions,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
