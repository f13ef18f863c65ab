import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { check, rollback, rolledEnvironment } from './check.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'rollback-rehearsal',
    title: 'Rollback rehearsal',
    statement:
      'The documented rollback to the last known-good release works without a contract change, and has been rehearsed.',
    area: 'delivery',
    stage: 'day-0',
    launch: false,
    sources: ['PF', 'LR', 'OT11'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'markdown'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    topic: z
      .string()
      .default('rollout-rollback')
      .describe('The runbook that tells how to roll back, as runbooks names it.'),
    within: z
      .string()
      .refine(isDuration, 'expected a duration such as 5m')
      .default('5m')
      .describe('Longest that a rollback may take, from the decision until every replica is the earlier release.'),
    revisions: z.int().min(1).default(2).describe('Fewest earlier revisions that must be kept.'),
  }),
  subjects: rolledEnvironment,
  inputs: rollback,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
