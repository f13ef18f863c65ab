import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { check } from './check.ts';
import { logPipeline } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'log-pipeline',
    title: 'Log pipeline',
    statement: 'Every line that a service logs reaches a central sink and is kept for its retention.',
    area: 'observability',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    managed: z
      .string()
      .default('')
      .describe(
        'What collects the lines where the cluster does it by itself, such as GKE; empty: a collector is expected',
      ),
    arrivesWithin: z
      .number()
      .positive()
      .default(30)
      .describe('Seconds within which a line that a service writes must be found in the sink.'),
  }),
  subjects: theEnvironment,
  inputs: logPipeline,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
