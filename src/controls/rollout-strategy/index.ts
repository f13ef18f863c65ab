import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { longRunningServices } from '../../model/subjects.ts';
import { check } from './check.ts';
import { rollouts } from './input.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'rollout-strategy',
    title: 'Rollout strategy',
    statement:
      'Every Deployment adds new pods before it removes old ones, has a progress deadline and keeps history to go back to.',
    area: 'workloads',
    stage: 'week-1',
    launch: false,
    sources: ['LR', 'PF'],
    halves: ['check'],
    reads: ['kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    history: z.int().min(1).default(2).describe('Former versions to keep at least (revisionHistoryLimit).'),
    deadlineSeconds: z
      .int()
      .min(1)
      .default(1800)
      .describe('Longest progressDeadlineSeconds: after it a rollout that hangs is reported as failed.'),
    surgeOnly: z.boolean().default(true).describe('Ask that no pod goes before its successor is ready.'),
  }),
  subjects: longRunningServices,
  inputs: rollouts,
  check,
  synth,
});
