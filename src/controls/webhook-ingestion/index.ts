import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { check } from './check.ts';
import { ingestion, webhookServices } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'webhook-ingestion',
    title: 'Webhook ingestion',
    statement:
      'Every webhook route verifies signatures, applies an event once, and has a reconciliation job that finds lost ones.',
    area: 'service-behaviour',
    stage: 'day-0',
    launch: true,
    sources: ['PB3', 'OT1'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    reconcileWithin: z
      .string()
      .refine(isDuration, 'expected a duration such as 1h')
      .default('1h')
      .describe('Longest time between two comparisons with the listing of the sender.'),
    appliesWithin: z
      .string()
      .refine(isDuration, 'expected a duration such as 30s')
      .default('30s')
      .describe(
        'Longest time from an acknowledged delivery until its event is applied; ingestion by a queue may take some.',
      ),
    transactional: z
      .array(z.string())
      .default(['postgres', 'mysql', 'mariadb'])
      .describe('Kinds of stores that commit the id of an event together with its effect.'),
  }),
  subjects: webhookServices,
  inputs: ingestion,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
