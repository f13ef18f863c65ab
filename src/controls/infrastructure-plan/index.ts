import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { accept } from './accept.ts';
import { check, plannedEnvironment, planning } from './check.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'infrastructure-plan',
    title: 'Infrastructure plan',
    statement:
      'The state of the infrastructure is encrypted and locked, a workflow plans it, and a fresh plan is clean and shows no drift.',
    area: 'delivery',
    stage: 'day-0',
    launch: false,
    sources: ['PF', 'IR8'],
    halves: ['check', 'accept'],
    reads: ['terraform', 'github-workflow', 'github-action', 'files'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    freshWithin: duration.default('24h').describe('Longest age of the plan.'),
    maxChanges: z.int().min(0).default(0).describe('Most changes that a plan may hold and still count as clean.'),
    drift: z
      .boolean()
      .default(true)
      .describe('Whether a workflow must plan on a schedule, to find what was changed by hand.'),
  }),
  subjects: plannedEnvironment,
  inputs: planning,
  check,
  synth,
  accept,
});
