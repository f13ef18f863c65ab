import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, promotedEnvironment, promotion } from './check.ts';
import { KINDS } from './tools.ts';

export const control = defineControl({
  meta: {
    id: 'promotion-gate',
    title: 'Promotion gate',
    statement:
      'Nothing is promoted to production without a passed smoke test, a short load test and a rollback rehearsal.',
    area: 'delivery',
    stage: 'day-0',
    launch: false,
    sources: ['LR', 'IR2', 'IR4'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'github-workflow', 'github-action', 'files'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    gates: z
      .array(z.enum(KINDS))
      .default([...KINDS])
      .describe('What must have passed before the job that promotes to production starts.'),
    events: z.boolean().default(true).describe('Whether deployments must be announced in a chat.'),
  }),
  subjects: promotedEnvironment,
  inputs: promotion,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
